"""Received files on their way to records."""

from archive.adapters.db.codec import derive
from archive.domain.records import Intake

INTAKE = derive(
    "intake",
    Intake,
    indexes=[("batch",), ("state", "received_at"), ("sha256",), ("received_by", "received_at")],
)
