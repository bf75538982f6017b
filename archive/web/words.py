"""Codes of the archive in people's words, for one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.domain.four_properties import ITEMS, summary
from archive.domain.schedule import ScheduleVersion
from archive.services.common import REFUSALS
from archive.services.errors import ArchiveError
from archive.services.views import Health, OwnerFileLine
from archive.web.desk_words import REASONS
from archive.web.errors_en import HEALTH_SENTENCES, SENTENCES
from archive.web.i18n import N_, Language
from ingest.problems import TEMPLATES, sentence
from retention.due_words import due_words
from retention.schedule import Schedule
from retention.wording import event_name, period_name, rule_sentence
from schemas.model import EVENT_TYPES, Family, Pack, RetentionRule, Role
from schemas.obligation import Obligation

RECORD_STATES = {
    "filed": N_("Filed"),
    "to_verify": N_("To verify"),
    "kept_unreadable": N_("Kept, not readable"),
    "destroyed": N_("Destroyed"),
}
INTAKE_STATES = {
    "waiting": N_("Received, waiting"),
    "reading": N_("Reading"),
    "done": N_("Done"),
    "kept_unreadable": N_("Kept, not readable"),
    "duplicate": N_("Already here"),
    "refused": N_("Not accepted"),
    "failed": N_("Failed"),
}
INTAKE_TONES = {
    "waiting": "quiet",
    "reading": "accent",
    "done": "good",
    "kept_unreadable": "warn",
    "duplicate": "quiet",
    "refused": "bad",
    "failed": "bad",
}
LIKENESS = {
    "bytes": N_("Equal files"),
    "scan": N_("Pages alike"),
    "text": N_("Texts alike"),
}
PAIR_STATES = {
    "same": N_("The same paper"),
    "different": N_("Different papers"),
    "open": N_("Still to decide"),
}
PAIR_FIELDS = {
    "type": N_("Record type"),
    "house_key": N_("House"),
    "owner": N_("Owner"),
    "record_date": N_("Date"),
    "number": N_("Number"),
    "media_type": N_("File type"),
}
TAKEOVERS = {
    "ready": N_("Looked through"),
    "waiting": N_("Waiting for a worker"),
    "running": N_("Being taken over"),
    "done": N_("Taken over"),
    "failed": N_("Broken off"),
}
WATCHED = {
    "settling": N_("still being written"),
    "link": N_("a link; links are not followed"),
    "special": N_("not a plain file"),
    "too_deep": N_("too many folders deep"),
    "bad_name": N_("its name is no text"),
    "not_readable": N_("we may not read it"),
    "too_large": N_("larger than the limit"),
    "folder_away": N_("the folder is not there, or nothing can be moved in it"),
    "engine_away": N_("the store does not answer; files stay where they are"),
}
"""What is said of files in the watched folder, and of the folder itself."""
REQUEST_STATES = {
    "open": N_("Waiting for a decision"),
    "approved": N_("Approved"),
    "refused": N_("Refused"),
    "withdrawn": N_("Withdrawn"),
}
NOTICE_STATES = {
    "proposed": N_("Proposed"),
    "refused": N_("Turned down"),
    "draft": N_("Draft"),
    "in_review": N_("In review"),
    "reviewed": N_("Review signed"),
    "approved": N_("Approval signed"),
    "valid": N_("Issued"),
    "dropped": N_("Given up"),
}
NOTICE_STEPS = {
    "notice": N_("Change notice"),
    "refuse": N_("Turned down"),
    "drop": N_("Given up"),
    "steal": N_("Check-out taken over"),
    "check_in": N_("Checked in"),
    "submit": N_("Handed in"),
    "review": N_("Review signed"),
    "send_back": N_("Sent back"),
    "approve": N_("Approval signed"),
    "effective_past": N_("Why a past day"),
}
MEANINGS = {
    "prepared": N_("Prepared"),
    "reviewed": N_("Review signed"),
    "approved": N_("Approval signed"),
    "withdrawn": N_("No longer in force"),
}
COPY_STATES = {
    "out": N_("Handed out"),
    "to_return": N_("To take back"),
    "returned": N_("Returned"),
    "destroyed": N_("Destroyed"),
    "excused": N_("Excused"),
}
COPY_STATUS = {"controlled": N_("Controlled"), "uncontrolled": N_("Uncontrolled")}
COPY_REASONS = {
    "valid": N_("Valid"),
    "not_yet": N_("Not in force yet"),
    "superseded": N_("Not valid: superseded"),
    "withdrawn": N_("Not valid: withdrawn"),
    "ended": N_("Not valid: this copy was taken back"),
    "uncontrolled": N_("For information only: not kept up to date"),
}
REVIEW_OUTCOMES = {"unchanged": N_("Reviewed without change"), "change": N_("It must change")}
LOAN_STATES = {
    "open": N_("Waiting for a decision"),
    "approved": N_("To fetch"),
    "out": N_("Out"),
    "overdue": N_("Overdue"),
    "returned": N_("Given back"),
    "lost": N_("Lost"),
    "refused": N_("Refused"),
    "withdrawn": N_("Withdrawn"),
}
PLACES = {"room": N_("Room"), "cabinet": N_("Cabinet"), "shelf": N_("Shelf"), "box": N_("Box")}
REVISION_STATES = {
    "approved": N_("Signed, not in force yet"),
    "received": N_("Received"),
    "valid": N_("In force"),
    "superseded": N_("Superseded"),
    "withdrawn": N_("No longer in force"),
}
FORM_STATES = {
    "printed": N_("Not back yet"),
    "returned": N_("Came back"),
    "void": N_("Voided"),
}
PROPERTIES = {
    "authenticity": N_("Authenticity"),
    "integrity": N_("Integrity"),
    "usability": N_("Usability"),
    "safety": N_("Safety"),
}
CHECKS = {
    "origin": N_("Where it came from is registered"),
    "fixity": N_("The bytes kept are the bytes received"),
    "logged": N_("Filing is written in the log"),
    "declared_format": N_("The content is what the name says"),
    "metadata_sound": N_("Metadata are well formed and plausible"),
    "metadata_linked": N_("Metadata and content name each other"),
    "bytes": N_("Number of bytes"),
    "pages": N_("Number and order of pages"),
    "required_metadata": N_("Required metadata"),
    "required_fields": N_("Required fields of the form"),
    "signed": N_("Required signatures and seals"),
    "attachments": N_("No attachment left out"),
    "package": N_("The package is whole"),
    "format": N_("The format lasts"),
    "readable": N_("It opens and shows its pages"),
    "searchable": N_("Its text can be searched"),
    "self_contained": N_("It needs no password, font or file from elsewhere"),
    "virus": N_("Scanned for viruses"),
    "inactive": N_("Nothing in it runs"),
    "access_class": N_("Its access class is set"),
    "process": N_("It was read apart and checked when written"),
}
CHECK_RESULTS = {
    "passed": N_("passed"),
    "failed": N_("failed"),
    "open": N_("open"),
    "confirmed": N_("confirmed by a person"),
    "not_checked": N_("not checked"),
}
HOW = {
    "received": N_("received and read"),
    "verified": N_("verified by a person"),
    "changed": N_("changed at the desk"),
    "imported": N_("taken over from an old catalogue"),
}
EVIDENCE = {
    "house": N_("house"),
    "title": N_("title"),
    "access_class": N_("access class"),
    "bytes": N_("bytes"),
    "by": N_("by"),
    "chars": N_("characters"),
    "class": N_("access class"),
    "cut_from": N_("cut from"),
    "date": N_("date"),
    "event": N_("log entry"),
    "files": N_("files"),
    "how": N_("how"),
    "intake": N_("intake"),
    "media_type": N_("format"),
    "missing": N_("missing"),
    "name": N_("name"),
    "pack": N_("rules"),
    "pages": N_("pages"),
    "problems": N_("problems"),
    "record": N_("record"),
    "register_page": N_("register page"),
    "scan": N_("scan"),
    "subject": N_("about"),
    "type": N_("record type"),
    "version": N_("version"),
}
OUTCOMES = {"keep": N_("Keep"), "review": N_("To review"), "due": N_("Due")}
TARGETS = {"record": N_("Record"), "dossier": N_("Dossier"), "house": N_("House")}
EVENTS = {
    "archive:created": N_("Archive created"),
    "person:added": N_("Person added"),
    "person:disabled": N_("Person disabled"),
    "person:enabled": N_("Person enabled again"),
    "person:roles-changed": N_("Roles changed"),
    "person:password-changed": N_("Password changed"),
    "person:password-reset": N_("Temporary password given"),
    "person:second-factor-added": N_("Two-step sign-in switched on"),
    "person:second-factor-removed": N_("Two-step sign-in switched off"),
    "person:session-ended": N_("Session ended"),
    "person:token-made": N_("Token made"),
    "person:token-revoked": N_("Token ended"),
    "person:signed-in": N_("Signed in"),
    "person:sign-in-refused": N_("Sign-in refused"),
    "person:signed-out": N_("Signed out"),
    "estate:imported": N_("House register imported"),
    "estate:changed": N_("House register changed by hand"),
    "file:received": N_("File received"),
    "file:refused": N_("File not accepted"),
    "record:filed": N_("Record filed"),
    "record:to-verify": N_("Record sent to verification"),
    "record:verified": N_("Record verified"),
    "alike:decided": N_("Near-equal records decided"),
    "record:sent-back": N_("Record sent back"),
    "record:turned": N_("Page turned"),
    "record:decision-undone": N_("Decision undone"),
    "desk:taken-over": N_("Record taken over at the desk"),
    "file:divided": N_("File divided anew"),
    "desk:learned": N_("Learned from a correction"),
    "desk:learned-undone": N_("Learned rule stopped"),
    "desk:threshold-set": N_("Filing threshold set"),
    "record:opened": N_("Record opened"),
    "record:downloaded": N_("Record downloaded"),
    "record:copied": N_("Copy taken"),
    "privacy:number-shown": N_("Personal number shown"),
    "page:viewed": N_("Page viewed"),
    "dossier:opened": N_("Dossier opened"),
    "form:printed": N_("Form printed"),
    "form:reprinted": N_("Form printed again"),
    "form:returned": N_("Form came back"),
    "form:voided": N_("Form voided"),
    "document:revision-received": N_("Revision received"),
    "document:proposed": N_("Change proposed"),
    "document:noticed": N_("Change notice given"),
    "document:proposal-refused": N_("Proposal turned down"),
    "document:dropped": N_("Change given up"),
    "document:checked-out": N_("Draft checked out"),
    "document:lock-stolen": N_("Draft taken from someone"),
    "document:checked-in": N_("Draft checked in"),
    "document:submitted": N_("Draft handed in"),
    "document:reviewed": N_("Draft reviewed"),
    "document:sent-back": N_("Draft sent back"),
    "document:approved": N_("Draft approved"),
    "document:issued": N_("Revision issued"),
    "document:valid": N_("Revision in force"),
    "document:withdrawn": N_("Document withdrawn"),
    "document:review-done": N_("Periodic review done"),
    "copy:handed-out": N_("Copy handed out"),
    "copy:closed": N_("Copy taken back"),
    "copy:acknowledged": N_("Copy acknowledged"),
    "access:refused": N_("Refused"),
    "access:requested": N_("Access requested"),
    "access:approved": N_("Access approved"),
    "access:denied": N_("Access request refused"),
    "access:revoked": N_("Access revoked"),
    "access:withdrawn": N_("Request taken back"),
    "access:emergency": N_("Read in an emergency"),
    "access:emergency-reviewed": N_("Emergency reading reviewed"),
    "access:absence-set": N_("Deputy named"),
    "access:absence-ended": N_("Deputy no longer"),
    "place:added": N_("Place added"),
    "place:changed": N_("Place changed"),
    "place:labels-printed": N_("Labels printed"),
    "paper:put": N_("Paper put away"),
    "loan:requested": N_("Loan asked for"),
    "loan:approved": N_("Loan approved"),
    "loan:refused": N_("Loan refused"),
    "loan:withdrawn": N_("Loan taken back by who asked"),
    "loan:handed-out": N_("Paper handed out"),
    "loan:reminded": N_("Borrower reminded"),
    "loan:overdue": N_("Loan overdue"),
    "loan:returned": N_("Paper returned"),
    "loan:lost": N_("Paper lost"),
    "search:secret-class": N_("Search reached secret records"),
    "retention:event-recorded": N_("Trigger event recorded"),
    "retention:hold-set": N_("Hold set"),
    "retention:hold-lifted": N_("Hold lifted"),
    "retention:swept": N_("Retention sweep"),
    "retention:schedule-accepted": N_("Retention rules changed"),
    "index:rebuilt": N_("Index rebuilt"),
    "audit:checkpoint-signed": N_("Checkpoint signed"),
    "audit:exported": N_("Exported"),
}
ALARMING = frozenset(
    {"access:refused", "person:sign-in-refused", "file:refused", "loan:lost", "loan:overdue"}
)
HEALTH = {
    "database": N_("Database"),
    "store": N_("Store"),
    "index": N_("Search index"),
    "index-position": N_("Index position"),
    "broker": N_("Job messages"),
    "scanner": N_("Virus scanner"),
    "workers": N_("Workers"),
    "jobs": N_("Jobs that failed"),
}
ACTIONS = {
    "search": N_("Search"),
    "record.know": N_("See that a record exists"),
    "record.open": N_("Open a record"),
    "record.download": N_("Download a record"),
    "record.copy": N_("Take a watermarked copy"),
    "record.file": N_("File records"),
    "form.print": N_("Print forms"),
    "intake.see": N_("See what was received"),
    "document.read": N_("Read controlled documents"),
    "document.edit": N_("Edit controlled documents"),
    "document.review": N_("Review controlled documents"),
    "document.approve": N_("Approve controlled documents"),
    "access.request": N_("Request access"),
    "access.emergency": N_("Read in an emergency"),
    "access.decide": N_("Decide on requests"),
    "access.see_all": N_("See all requests"),
    "register.read": N_("Read the register of readings"),
    "paper.see": N_("See where paper stands and who has it"),
    "paper.manage": N_("Keep and lend paper originals"),
    "estate.see": N_("See houses"),
    "estate.manage": N_("Manage the house register"),
    "retention.see": N_("See retention"),
    "retention.approve": N_("Approve disposals"),
    "event.record": N_("Record trigger events"),
    "hold.set": N_("Set holds"),
    "hold.lift": N_("Lift holds"),
    "audit.read": N_("Read the audit log"),
    "audit.verify": N_("Verify the audit log"),
    "people.manage": N_("Manage people"),
    "settings.manage": N_("Manage settings"),
    "system.health": N_("See the system's health"),
}
DETAILS = {
    "action": N_("Action"),
    "address": N_("From address"),
    "date": N_("Date"),
    "days": N_("Days"),
    "due": N_("Due"),
    "evidence": N_("Evidence"),
    "examined": N_("Examined"),
    "findings": N_("Findings"),
    "grant": N_("Grant"),
    "hits": N_("Secret hits"),
    "hold": N_("Hold"),
    "name": N_("Name"),
    "on": N_("As of"),
    "page": N_("Page"),
    "purpose": N_("Purpose"),
    "query": N_("Searched"),
    "reader": N_("Reader"),
    "reason": N_("Reason"),
    "record": N_("Record"),
    "roles": N_("Roles"),
    "sha256": "SHA-256",
    "size": N_("Bytes"),
    "target": N_("About"),
    "target_kind": N_("Kind"),
    "type": N_("Type"),
    "until": N_("Until"),
    "version": N_("Version"),
    "document": N_("Document"),
    "draft": N_("Draft"),
    "effective": N_("Effective from"),
    "accepted": N_("Accepted because"),
    "revision": N_("Revision"),
    "number": N_("Number"),
    "from_person": N_("From"),
}
"""Keys of audit details."""
RECORD_KINDS = {
    "form": N_("form"),
    "register": N_("register"),
    "notice": N_("notice"),
    "agreement": N_("agreement"),
    "certificate": N_("certificate"),
    "report": N_("report"),
    "plan": N_("plan"),
    "correspondence": N_("correspondence"),
    "drawing": N_("drawing"),
    "controlled_document": N_("controlled document"),
    "recording": N_("recording"),
    "reference": N_("reference"),
}
FIELD_TYPES = {
    "text": N_("text"),
    "date": N_("date"),
    "datetime": N_("date and time"),
    "house": N_("house"),
    "person": N_("person"),
    "phone": N_("phone"),
    "id_number": N_("ID number"),
    "money": N_("amount"),
    "number": N_("number"),
    "choice": N_("choice"),
    "check": N_("check mark"),
}
POLICIES = {"role": N_("By role"), "grant": N_("Only under a grant"), "never": N_("Never")}
FOUND_BY = {
    "text": N_("Its words match; nothing of them is shown"),
    "metadata": N_("Only by type, house and date"),
    "nothing": N_("Not at all"),
}
KNOWN = {
    "type": N_("Type"),
    "house": N_("House"),
    "date": N_("Date"),
    "number": N_("Number"),
    "dossier": N_("Dossier"),
}
NUMBERS = {
    "archival_code": N_("Archival code"),
    "document": N_("Document number"),
    "change_notice": N_("Change notice"),
    "form": N_("Form number"),
    "copy": N_("Controlled copy"),
    "notice": N_("Public notice"),
    "page": N_("Page number"),
}
CHANGES = {
    "longer": N_("Kept longer"),
    "shorter": N_("Kept shorter"),
    "due": N_("Comes due"),
    "undecided": N_("Cannot be decided"),
}
SCHEDULE_REASONS = {
    "archive created": N_("The archive was made with it"),
    "types added by the pack": N_("The pack added record types; no known rule changed"),
}
DOORS = {
    "hit": N_("Search hit"),
    "snippet": N_("Snippet of a hit"),
    "facet": N_("Count by type"),
    "view": N_("Record page"),
    "old_version": N_("Older version"),
    "page_image": N_("Page image"),
    "thumbnail": N_("Small page image"),
    "text": N_("Text"),
    "original": N_("Original"),
    "copy": N_("Copy with watermark"),
    "desk": N_("Verification desk"),
}
OPENS = {
    "role": N_("by role"),
    "grant": N_("under a grant to read"),
    "copy": N_("under a grant for a copy"),
    "never": N_("never"),
}
REQUEST_KINDS = {"view": N_("to read"), "copy": N_("to read and take a copy")}
PERIODS = {"permanent": N_("For ever"), "unscheduled": N_("Unscheduled")}
PERSON_STATES = {"active": N_("Active"), "disabled": N_("Disabled")}
FILE_STATES = {
    "missing": N_("Missing"),
    "unsigned": N_("Unsigned"),
    "complete": N_("Complete"),
    "vacant": N_("Vacant"),
}
IMPORT_STATES = {
    "waiting": N_("Waiting for a worker"),
    "checking": N_("Being tried"),
    "checked": N_("Tried, waiting for you"),
    "confirmed": N_("Waiting for a worker"),
    "importing": N_("Being taken over"),
    "done": N_("Taken over"),
    "failed": N_("Failed"),
    "dropped": N_("Left"),
}
IMPORT_TONES = {"checked": "warn", "done": "good", "failed": "bad", "dropped": "quiet"}
ROW_STATES = {
    "added": N_("new"),
    "changed": N_("changed"),
    "transfer": N_("title transfers"),
    "ended": N_("ended"),
    "known": N_("known already"),
    "refused": N_("left out"),
}
IMPORT_NOTES = {
    "sheet_skipped": N_("Sheet “{name}” has no heading and was not read."),
    "column_ignored": N_("Column “{name}” has no use here and was not read."),
}
HOUSE_CHANGES = {
    "transfer": N_("title transfer"),
    "correct": N_("owner corrected"),
    "tenant": N_("new tenant"),
    "tenant_end": N_("tenant left"),
}
"""What a person changed of a household by hand."""
ORIGINS = {
    "text": N_("from the file's text"),
    "ocr": N_("recognised"),
    "qr": N_("from the code"),
    "person": N_("by a person"),
}


@dataclass(frozen=True)
class Words:
    """Every code in the words of one language; an unknown code is shown as it is."""

    said: Language
    pack: Pack

    def _of(self, table: Mapping[str, str], code: object) -> str:
        key = str(code)
        return self.said.say(table[key]) if key in table else key

    def record_state(self, code: object) -> str:
        return self._of(RECORD_STATES, code)

    def intake_state(self, code: object) -> str:
        return self._of(INTAKE_STATES, code)

    def intake_tone(self, code: str) -> str:
        return INTAKE_TONES.get(code, "quiet")

    def likeness(self, code: object) -> str:
        return self._of(LIKENESS, code)

    def pair_state(self, code: object) -> str:
        return self._of(PAIR_STATES, code)

    def pair_field(self, type_code: str | None, code: str) -> str:
        """Name of what differs between two records: a fact of the record or a field of its form."""
        return self._of(PAIR_FIELDS, code) if code in PAIR_FIELDS else self.field(type_code, code)

    def takeover(self, code: object) -> str:
        return self._of(TAKEOVERS, code)

    def taken_row(self, code: object) -> str:
        """What became of a row of a catalogue."""
        return self._of({**RECORD_STATES, "refused": INTAKE_STATES["refused"]}, code)

    def watched(self, code: object) -> str:
        return self._of(WATCHED, code)

    def request_state(self, code: object) -> str:
        return self._of(REQUEST_STATES, code)

    def loan_state(self, code: object) -> str:
        return self._of(LOAN_STATES, code)

    def place_kind(self, code: object) -> str:
        return self._of(PLACES, code)

    def door(self, code: object) -> str:
        return self._of(DOORS, code)

    def opens(self, code: object) -> str:
        return self._of(OPENS, code)

    def request_kind(self, code: object) -> str:
        return self._of(REQUEST_KINDS, code)

    def revision_state(self, code: object) -> str:
        return self._of(REVISION_STATES, code)

    def check_result(self, code: object) -> str:
        return self._of(CHECK_RESULTS, code)

    def property_groups(
        self, checks: Sequence[Mapping[str, Any]], type_code: str | None = None
    ) -> list[dict[str, Any]]:
        """The four-property check of a version by property, each item in words with its evidence."""
        worst = summary(tuple(checks))
        return [
            {
                "title": self._of(PROPERTIES, name),
                "result": worst.get(name, "not_checked"),
                "items": [
                    {
                        "title": self._of(CHECKS, item["code"]),
                        "result": item["result"],
                        "evidence": self._evidence(item["evidence"], type_code),
                    }
                    for item in checks
                    if ITEMS.get(str(item["code"])) == name
                ],
            }
            for name in PROPERTIES
        ]

    def _evidence(self, evidence: Mapping[str, Any], type_code: str | None) -> str:
        """What shows an item, in a line; hashes by their beginning, yes and no left out."""
        told = []
        for key, value in evidence.items():
            if isinstance(value, bool) or value in ("", None, []):
                continue
            values = value if isinstance(value, list | tuple) else [value]
            shown = ("、" if self.said.chinese else ", ").join(self._shown(key, v, type_code) for v in values)
            if key in ("sha256", "cut_from"):
                shown = shown[:16] + "…"
            told.append(f"{self._of(EVIDENCE, key) if key != 'sha256' else 'SHA-256'} {shown}")
        return " · ".join(told)

    def _shown(self, key: str, value: Any, type_code: str | None) -> str:
        """A piece of evidence in words: places, fields, classes, types and what happened; others as they are."""
        text = str(value)
        if key == "missing":
            place = self.place(type_code, text)
            return (
                self._of(EVIDENCE, text)
                if place == text and text in EVIDENCE
                else (place if place != text else self.field(type_code, text))
            )
        if key in ("class", "type"):
            return self.access(text) if key == "class" else self.type(text)
        if key == "event":
            return self.event(text)
        return self._of(HOW, text) if key == "how" else text

    def form_state(self, code: object) -> str:
        return self._of(FORM_STATES, code)

    def notice_state(self, code: object) -> str:
        return self._of(NOTICE_STATES, code)

    def notice_order(self, code: str) -> int:
        """How far along a change notice is; those that ended otherwise are nowhere."""
        along = ("proposed", "draft", "in_review", "reviewed", "approved", "valid")
        return along.index(code) if code in along else -1

    def notice_step(self, code: object) -> str:
        return self._of(NOTICE_STEPS, code)

    def meaning(self, code: object) -> str:
        return self._of(MEANINGS, code)

    def copy_state(self, code: object) -> str:
        return self._of(COPY_STATES, code)

    def copy_status(self, code: object) -> str:
        return self._of(COPY_STATUS, code)

    def copy_reason(self, code: object) -> str:
        return self._of(COPY_REASONS, code)

    def review_outcome(self, code: object) -> str:
        return self._of(REVIEW_OUTCOMES, code)

    def outcome(self, code: object) -> str:
        return self._of(OUTCOMES, code)

    def trigger(self, code: object) -> str:
        """A trigger event in the words of retention decisions."""
        name = event_name(str(code), "zh" if self.said.chinese else "en")
        return name[:1].upper() + name[1:]

    def triggers(self) -> list[tuple[str, str]]:
        return [(code, self.trigger(code)) for code in EVENT_TYPES]

    def dossier(self, code: str) -> str:
        """Title of a kind of dossier."""
        kind = self.pack.dossiers.get(code)
        return self.said.pick(kind.title_zh, kind.title_en) if kind else self.said.say(N_("No dossier"))

    def contents_line(self, line: OwnerFileLine) -> str:
        """A line of an owner file's contents, as the manual words it."""
        lines = (one for kind in self.pack.dossiers.values() for one in kind.contents)
        known = next((one for one in lines if one.types[0] == line.type), None)
        return self.said.pick(known.title_zh, known.title_en) if known else self.type(line.type)

    def contents(self, code: str) -> str:
        """A line of an owner file's contents, by its first type."""
        return self.contents_line(OwnerFileLine(code, "", (), True))

    def file_state(self, code: object) -> str:
        return self._of(FILE_STATES, code)

    def import_state(self, code: object) -> str:
        return self._of(IMPORT_STATES, code)

    def import_tone(self, code: str) -> str:
        return IMPORT_TONES.get(code, "accent")

    def row_state(self, code: object) -> str:
        return self._of(ROW_STATES, code)

    def import_note(self, note: Mapping[str, str]) -> str:
        """What was left aside of a house register as a whole."""
        template = IMPORT_NOTES[note["code"]]
        return self.said.say(template, name=note["name"])

    def house_change(self, code: object) -> str:
        return self._of(HOUSE_CHANGES, code)

    def building(self, name: str) -> str:
        """A building as people call it: 3 is 3栋, A is A座."""
        if not self.said.chinese:
            return self.said.say(N_("Building {name}"), name=name)
        return name + ("座" if not name[-1:].isdigit() and name[-1:].isascii() and len(name) == 1 else "栋")

    def unit(self, name: str) -> str:
        return self.said.say(N_("Unit {name}"), name=name)

    def target(self, code: object) -> str:
        return self._of(TARGETS, code)

    def event(self, code: object) -> str:
        return self._of(EVENTS, code)

    def events(self) -> list[tuple[str, str]]:
        return [(code, self.event(code)) for code in EVENTS]

    def alarming(self, code: object) -> bool:
        return str(code) in ALARMING

    def action(self, code: object) -> str:
        return self._of(ACTIONS, code)

    def refusal(self, code: str) -> str:
        """Why someone was refused."""
        if self.said.chinese:
            return REFUSALS[code][0] if code in REFUSALS else code
        return SENTENCES[code][0] if code in SENTENCES else code

    def detail(self, key: str) -> str:
        """Name of a detail of an audit entry."""
        return self._of(DETAILS, key)

    def detail_value(self, key: str, value: Any, names: Mapping[str, str]) -> str:
        """A detail's value for people."""
        if key == "action":
            return self.action(value)
        if key == "reason":
            return self.refusal(str(value))
        if key == "roles":
            return ", ".join(self.role(r) for r in value)
        if key == "target_kind":
            return self.target(value)
        return names.get(str(value), str(value))

    def health(self, name: object) -> str:
        return self._of(HEALTH, name)

    def health_message(self, part: Health) -> str:
        """What a part of the system says of itself. Engines speak English anyway."""
        if self.said.chinese or part.name not in HEALTH_SENTENCES or not part.message:
            return part.message
        return HEALTH_SENTENCES[part.name].format(**part.detail)

    def person_state(self, code: object) -> str:
        return self._of(PERSON_STATES, code)

    def origin(self, code: object) -> str:
        return self._of(ORIGINS, code)

    def say(self, message: str) -> str:
        """A message that was marked for the catalogue elsewhere."""
        return self.said.say(message)

    def reason(self, code: str) -> str:
        """Why a record waits at the desk, in a few words; a code of the reader's own as it is."""
        return self._of(REASONS, code) if code else ""

    def type(self, code: str | None) -> str:
        """Title of a record type; of a record whose type is not known yet, just that."""
        kind = self.pack.record_types.get(code or "")
        return (
            self.said.pick(kind.title_zh, kind.title_en) if kind else self.said.say(N_("Type not known yet"))
        )

    def types(self) -> list[tuple[str, str]]:
        """(code, title) of every record type, in the order of the language: GB 18030 puts common characters in the
        order of their pinyin, as people look them up."""
        titles = ((code, self.type(code)) for code in self.pack.record_types)
        return sorted(titles, key=lambda pair: pair[1].encode("gb18030"))

    def title(self, title: str, type_code: str | None) -> str:
        """A record's own title in Chinese; for other languages its type, where the title says no more."""
        kind = self.pack.record_types.get(type_code or "")
        if kind and (not title or title == kind.title_zh):
            return self.type(type_code)
        return title or self.type(type_code)

    def access(self, code: str) -> str:
        known = self.pack.access_classes.get(code)
        return self.said.pick(known.title_zh, known.title_en) if known else code

    def access_rank(self, code: str) -> int:
        """0 for the most open; unknown classes count as the closest."""
        known = self.pack.access_classes.get(code)
        return min(known.rank, 3) if known else 3

    def role(self, code: str) -> str:
        known = self.pack.roles.get(code)
        return self.said.pick(known.title_zh, known.title_en) if known else code

    def roles(self) -> list[tuple[str, str]]:
        return [(code, self.role(code)) for code in self.pack.roles]

    def field(self, type_code: str | None, code: str, label: str = "") -> str:
        """Label of a field of a form."""
        kind = self.pack.record_types.get(type_code or "")
        spec = next((f for f in kind.fields if f.code == code), None) if kind else None
        return self.said.pick(spec.label_zh, spec.label_en) if spec else label or code

    def place(self, type_code: str | None, code: str) -> str:
        """Label of a place for a signature or a seal."""
        kind = self.pack.record_types.get(type_code or "")
        spots = (*kind.signatures, *kind.seals) if kind else ()
        spot = next((s for s in spots if s.code == code), None)
        return self.said.pick(spot.label_zh, spot.label_en) if spot else code

    def period(self, rule: RetentionRule) -> str:
        """How long a rule keeps and from which event, such as 2 years from the filing for the quarter."""
        if rule.period in PERIODS:
            return self.said.say(PERIODS[rule.period])
        locale = "zh" if self.said.chinese else "en"
        length = period_name(rule.period, self.pack.long_term_years, locale)
        which = "、".join(rule.when.values())
        text = self.said.say(
            N_("{length} from: {event}"), length=length, event=event_name(rule.trigger, locale)
        )
        return f"{which}: {text}" if which else text

    def rule(self, rule: RetentionRule, schedule: Schedule) -> str:
        """A retention rule in a sentence."""
        return rule_sentence(rule, schedule.long_term_years, schedule.count_from, self._locale)

    @property
    def _locale(self) -> str:
        return "zh" if self.said.chinese else "en"

    def phrase(self, phrase: str) -> str:
        """A describing phrase of the pack: who fills in, copies, deadlines, reasons."""
        said = self.pack.say(phrase, self._locale)
        return said if self.said.chinese else said[:1].upper() + said[1:]

    def pair(self, thing: Any) -> str:
        """The title of anything in the pack that has one in both languages."""
        return self.said.pick(thing.title_zh, thing.title_en)

    def label(self, thing: Any) -> str:
        """The label of a field or a place."""
        return self.said.pick(thing.label_zh, thing.label_en)

    def rule_reason(self, rule: RetentionRule) -> str:
        return self.said.pick(rule.reason_zh or rule.reason, rule.reason)

    def due(self, obligation: Obligation) -> str:
        """When an obligation is due."""
        event = obligation.due.event.replace("_", " ")
        words = due_words(obligation.due, self.pack.say(event, self._locale), self._locale)
        return words[:1].upper() + words[1:]

    def post(self, code: str) -> str:
        known = self.pack.posts.get(code)
        return self.pair(known) if known else code

    def kind(self, code: str) -> str:
        """A kind of record, such as form or register."""
        return self._of(RECORD_KINDS, code)

    def field_type(self, code: object) -> str:
        return self._of(FIELD_TYPES, code)

    def policy(self, code: str) -> str:
        """Whether something may be done by role, under a grant or never."""
        return self._of(POLICIES, code)

    def found_by(self, code: str) -> str:
        return self._of(FOUND_BY, code)

    def known(self, code: str) -> str:
        return self._of(KNOWN, code)

    def number_name(self, code: str) -> str:
        return self._of(NUMBERS, code)

    def change(self, code: str) -> str:
        return self._of(CHANGES, code)

    def reason_of(self, version: ScheduleVersion) -> str:
        """Why a schedule came into force; the system's own reasons in the language of the screen."""
        return self._of(SCHEDULE_REASONS, version.reason)

    def actions_of(self, role: Role) -> list[str]:
        """What a role may do, in the order of the vocabulary."""
        return [self.action(code) for code in ACTIONS if code in role.actions]

    def families(self) -> list[Family]:
        return list(self.pack.families.values())

    def problem(self, problem: Mapping[str, Any]) -> str:
        """What was noticed about a file or record, and what to do."""
        code, details = problem["code"], dict(problem.get("details") or {})
        if self.said.chinese:
            return str(problem["message"])
        if code in TEMPLATES:
            return sentence(code, details, "en")
        if code in SENTENCES:
            message, hint = SENTENCES[code]
            return f"{message} {hint}".strip()
        return str(problem["message"])

    def error(self, error: ArchiveError) -> tuple[str, str]:
        """Message and hint of a failure. The use cases speak Chinese, with figures; English goes by the code."""
        if self.said.chinese or error.code not in SENTENCES:
            return error.message, error.hint
        return SENTENCES[error.code]
