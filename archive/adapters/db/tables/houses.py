"""Houses and tenures."""

from archive.adapters.db.codec import derive
from archive.domain.estate import House, Tenure

HOUSES = derive("houses", House, indexes=[("key",)], unique=[("estate", "key")])
TENURES = derive(
    "tenures", Tenure, indexes=[("house",)], lookups=["owner"], references={"house": "houses.id"}
)
