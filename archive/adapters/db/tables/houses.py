"""Houses, tenures and tenancies, what was changed by hand and imported, and how each owner file stands."""

from archive.adapters.db.codec import derive
from archive.domain.completeness import FileEntry, HouseholdFile
from archive.domain.estate import EstateChange, EstateImport, House, ImportProblem, Tenancy, Tenure

HOUSES = derive("houses", House, indexes=[("key",), ("estate", "place")], unique=[("estate", "key")])
TENURES = derive(
    "tenures",
    Tenure,
    indexes=[("house",)],
    lookups=["owner"],
    references={"house": "houses.id"},
    removable=True,
)
TENANCIES = derive(
    "tenancies", Tenancy, indexes=[("house",)], references={"house": "houses.id"}, removable=True
)
CHANGES = derive("estate_changes", EstateChange, indexes=[("house", "at")], references={"house": "houses.id"})
IMPORTS = derive("estate_imports", EstateImport, indexes=[("at",)])
IMPORT_PROBLEMS = derive("import_problems", ImportProblem, indexes=[("of", "refused")], removable=True)
ENTRIES = derive("file_entries", FileEntry, indexes=[("house",)], removable=True)
FILES = derive(
    "household_files",
    HouseholdFile,
    indexes=[("estate", "state", "building"), ("state", "since"), ("estate", "building", "place")],
    references={"id": "houses.id"},
    removable=True,
)
