"""Records, their versions and the text of these."""

from archive.adapters.db.codec import derive
from archive.domain.records import Record, Version, VersionText

RECORDS = derive(
    "records",
    Record,
    indexes=[
        ("change",),
        ("state", "filed_at"),
        ("state", "doubt"),
        ("certainty",),
        ("dossier", "record_date"),
        ("house", "record_date"),
        ("type", "record_date"),
        ("type", "id"),
        ("due_on",),
        ("sha256",),
        ("intake",),
        ("tenure",),
    ],
    lookups=["house_key", "number"],
    references={
        "dossier": "dossiers.id",
        "house": "houses.id",
        "tenure": "tenures.id",
        "intake": "intake.id",
    },
)
VERSIONS = derive(
    "versions",
    Version,
    indexes=[("sha256",)],
    unique=[("record", "number")],
    references={"record": "records.id"},
)
TEXTS = derive(
    "version_texts", VersionText, indexes=[("record",)], references={"record": "records.id"}, removable=True
)
