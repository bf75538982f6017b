"""The audit log's entries: a closed vocabulary of events (design 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Event(StrEnum):
    """Everything the audit log can say. A new kind of act gets a name here first."""

    ARCHIVE_CREATED = "archive:created"
    PERSON_ADDED = "person:added"
    PERSON_DISABLED = "person:disabled"
    PERSON_ENABLED = "person:enabled"
    ROLES_CHANGED = "person:roles-changed"
    PASSWORD_CHANGED = "person:password-changed"
    PASSWORD_RESET = "person:password-reset"
    FACTOR_ADDED = "person:second-factor-added"
    FACTOR_REMOVED = "person:second-factor-removed"
    SESSION_ENDED = "person:session-ended"
    TOKEN_MADE = "person:token-made"
    TOKEN_REVOKED = "person:token-revoked"
    SIGNED_IN = "person:signed-in"
    SIGN_IN_REFUSED = "person:sign-in-refused"
    SIGNED_OUT = "person:signed-out"
    ESTATE_IMPORTED = "estate:imported"
    ESTATE_CHANGED = "estate:changed"
    FILE_RECEIVED = "file:received"
    FILE_REFUSED = "file:refused"
    RECORD_FILED = "record:filed"
    RECORD_TO_VERIFY = "record:to-verify"
    ALIKE_DECIDED = "alike:decided"
    RECORD_VERIFIED = "record:verified"
    RECORD_SENT_BACK = "record:sent-back"
    RECORD_TURNED = "record:turned"
    DECISION_UNDONE = "record:decision-undone"
    DESK_TAKEN_OVER = "desk:taken-over"
    FILE_DIVIDED = "file:divided"
    LEARNED = "desk:learned"
    LEARNED_UNDONE = "desk:learned-undone"
    THRESHOLD_SET = "desk:threshold-set"
    RECORD_OPENED = "record:opened"
    RECORD_DOWNLOADED = "record:downloaded"
    RECORD_COPIED = "record:copied"
    NUMBER_SHOWN = "privacy:number-shown"
    PAGE_VIEWED = "page:viewed"
    DOSSIER_OPENED = "dossier:opened"
    FORM_PRINTED = "form:printed"
    FORM_REPRINTED = "form:reprinted"
    FORM_RETURNED = "form:returned"
    FORM_VOIDED = "form:voided"
    REVISION_RECEIVED = "document:revision-received"
    DOCUMENT_PROPOSED = "document:proposed"
    DOCUMENT_NOTICED = "document:noticed"
    DOCUMENT_REFUSED = "document:proposal-refused"
    DOCUMENT_DROPPED = "document:dropped"
    DOCUMENT_CHECKED_OUT = "document:checked-out"
    DOCUMENT_LOCK_STOLEN = "document:lock-stolen"
    DOCUMENT_CHECKED_IN = "document:checked-in"
    DOCUMENT_SUBMITTED = "document:submitted"
    DOCUMENT_REVIEWED = "document:reviewed"
    DOCUMENT_SENT_BACK = "document:sent-back"
    DOCUMENT_APPROVED = "document:approved"
    DOCUMENT_ISSUED = "document:issued"
    DOCUMENT_VALID = "document:valid"
    DOCUMENT_WITHDRAWN = "document:withdrawn"
    DOCUMENT_REVIEW_DONE = "document:review-done"
    COPY_HANDED_OUT = "copy:handed-out"
    COPY_CLOSED = "copy:closed"
    COPY_ACKNOWLEDGED = "copy:acknowledged"
    REFUSED = "access:refused"
    ACCESS_REQUESTED = "access:requested"
    ACCESS_APPROVED = "access:approved"
    ACCESS_DENIED = "access:denied"
    ACCESS_REVOKED = "access:revoked"
    ACCESS_WITHDRAWN = "access:withdrawn"
    EMERGENCY_READING = "access:emergency"
    EMERGENCY_REVIEWED = "access:emergency-reviewed"
    ABSENCE_SET = "access:absence-set"
    ABSENCE_ENDED = "access:absence-ended"
    PLACE_ADDED = "place:added"
    PLACE_CHANGED = "place:changed"
    LABELS_PRINTED = "place:labels-printed"
    PAPER_PUT = "paper:put"
    LOAN_REQUESTED = "loan:requested"
    LOAN_APPROVED = "loan:approved"
    LOAN_REFUSED = "loan:refused"
    LOAN_WITHDRAWN = "loan:withdrawn"
    LOAN_HANDED_OUT = "loan:handed-out"
    LOAN_REMINDED = "loan:reminded"
    LOAN_OVERDUE = "loan:overdue"
    LOAN_RETURNED = "loan:returned"
    LOAN_LOST = "loan:lost"
    SEARCHED_SECRET = "search:secret-class"
    EVENT_RECORDED = "retention:event-recorded"
    HOLD_SET = "retention:hold-set"
    HOLD_LIFTED = "retention:hold-lifted"
    SWEPT = "retention:swept"
    SCHEDULE_ACCEPTED = "retention:schedule-accepted"
    INDEX_REBUILT = "index:rebuilt"
    CHECKPOINT_SIGNED = "audit:checkpoint-signed"
    EXPORTED = "audit:exported"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry. `number` counts from 0 without gaps; `leaf` is the hex RFC 6962 leaf hash of the others
    (sha256 of 0x00 and the canonical JSON)."""

    number: int
    at: datetime
    event: str
    actor: str
    subject: str
    detail: Mapping[str, Any]
    leaf: str
