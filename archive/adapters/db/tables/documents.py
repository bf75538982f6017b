"""Controlled documents, their revisions, change notices, copies, reviews and references."""

from archive.adapters.db.codec import derive
from archive.domain.copies import Copy, DocumentReview, Reference
from archive.domain.documents import ChangeNotice, Document, Revision

DOCUMENTS = derive("documents", Document, indexes=[("parent",), ("next_review",)], lookups=["title"])
REVISIONS = derive(
    "revisions",
    Revision,
    indexes=[("record",), ("state", "effective")],
    unique=[("document", "revision")],
    references={"document": "documents.id", "record": "records.id"},
)
NOTICES = derive(
    "change_notices",
    ChangeNotice,
    indexes=[("document", "state"), ("state", "proposed_at"), ("number",)],
    references={"record": "records.id"},
)
COPIES = derive(
    "copies",
    Copy,
    indexes=[("document", "state"), ("state", "recalled_on"), ("person", "acknowledged_at")],
    unique=[("token",), ("document", "revision", "number")],
    references={"document": "documents.id"},
)
REVIEWS = derive(
    "document_reviews",
    DocumentReview,
    indexes=[("document", "done_on")],
    references={"document": "documents.id"},
)
REFERENCES = derive(
    "document_references",
    Reference,
    indexes=[("document",)],
    lookups=["key"],
    references={"document": "documents.id"},
    removable=True,
)
