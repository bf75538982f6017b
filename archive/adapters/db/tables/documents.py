"""Controlled documents and their revisions."""

from archive.adapters.db.codec import derive
from archive.domain.documents import Document, Revision

DOCUMENTS = derive("documents", Document)
REVISIONS = derive(
    "revisions",
    Revision,
    indexes=[("record",), ("state",)],
    unique=[("document", "revision")],
    references={"document": "documents.id", "record": "records.id"},
)
