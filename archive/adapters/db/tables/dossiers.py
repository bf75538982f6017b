"""Dossiers."""

from archive.adapters.db.codec import derive
from archive.domain.records import Dossier

DOSSIERS = derive(
    "dossiers",
    Dossier,
    indexes=[("house",), ("tenure",), ("kind", "code")],
    unique=[("code",)],
    references={"house": "houses.id", "tenure": "tenures.id"},
)
