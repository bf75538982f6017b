"""Printed forms and their way back: a serial for each print, and every sheet of it that was scanned."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

from archive.domain.estate import Tenure
from archive.domain.filing import doubt
from archive.domain.matching import NEAR_NAME, alike
from ingest.facts import Problem, RecordFacts, Value
from ingest.slips import Slip, sealed_part
from schemas.houses import parse_house
from schemas.model import FieldSpec, RecordType

TENURE_TAIL = 10
"""Characters of a tenure's id that a code carries: 50 random bits, enough to tell tenures apart."""
SEAL_LENGTH = 10
"""Characters of base 32 (50 bits): whoever guesses has to have every guess scanned."""
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of serials: no characters that people mistake for each other."""
SERIAL_LENGTH = 8
ONE_DIGIT = 1
"""A printed day of which one digit was read differently was misread, not altered."""


class FormState(StrEnum):
    """Where a printed form stands; a closed list."""

    PRINTED = "printed"
    RETURNED = "returned"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class PrintedForm:
    """One print of a form, with all its copies 联; `id` is its serial 表单号.

    `values` are what was printed into it, by field code in normal form (ISO days, canonical house keys); `shown`
    the same as they stand on the paper, also what must not be relied on, such as a masked phone. `pages` are
    those of one copy. `house` and `tenure` are ids, None for a form that is for no house.
    """

    id: str
    type: str
    house: str | None
    tenure: str | None
    values: Mapping[str, str]
    shown: Mapping[str, str]
    copies: int
    pages: int
    language: str
    printed_by: str
    printed_at: datetime
    state: FormState = FormState.PRINTED
    rows: int = 0
    reprints: int = 0
    returned_at: datetime | None = None
    voided_by: str | None = None
    voided_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FormReturn:
    """A copy of a printed form that came in with a file: `page` is its first page in that file, `record` what
    was made of it. Ids name form, copy, intake and page, so that a file which is read again claims nothing new."""

    id: str
    form: str
    copy: int
    intake: str
    page: int
    at: datetime
    record: str | None = None


def return_id(slip: Slip, intake: str, page: int) -> str:
    return f"{slip.serial}.{slip.copy}.{intake}.{page}"


def seal_of(slip: Slip, key: bytes) -> str:
    """The archive's seal over everything that a form's code says but its page: HMAC-SHA256, cut."""
    digest = hmac.new(key, sealed_part(slip).encode(), sha256).digest()
    return base64.b32encode(digest).decode()[:SEAL_LENGTH]


def genuine(slip: Slip, key: bytes) -> bool:
    """Whether this archive printed the code."""
    return bool(slip.serial) and hmac.compare_digest(slip.seal.encode(), seal_of(slip, key).encode())


def slip_for(form: PrintedForm, house_key: str, copy: int, page: int, key: bytes) -> Slip:
    """What the code on one page of a print says."""
    tenure = (form.tenure or "")[-TENURE_TAIL:]
    slip = Slip(
        "form",
        form.type,
        house_key,
        page,
        form.pages,
        serial=form.id,
        copy=copy,
        tenure=tenure,
        seal="0" * 10,
    )
    return replace(slip, seal=seal_of(slip, key))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of a form that came back. `form` is None when its code proves nothing; then nothing that the
    code says may be used. `doubts` send it to the desk."""

    form: PrintedForm | None
    doubts: tuple[Problem, ...] = ()


def judge(
    slip: Slip,
    form: PrintedForm | None,
    key: bytes,
    *,
    house_key: str = "",
    tenure: Tenure | None = None,
    earlier: Sequence[FormReturn] = (),
) -> Judgement:
    """Whether a code is ours and what a person must know of its form.

    `form` is the row of its serial, `house_key` and `tenure` those of that row, `earlier` the copies of it that
    came back before.
    """
    shown = " ".join((slip.serial[:4], slip.serial[4:])).strip()
    if not slip.serial:
        return Judgement(None, (doubt("form_unsigned"),))
    if not genuine(slip, key):
        return Judgement(None, (doubt("form_forged", serial=shown),))
    if form is None:
        return Judgement(None, (doubt("form_unknown", serial=shown),))
    tail = (form.tenure or "")[-TENURE_TAIL:]
    if (slip.type, slip.house, slip.tenure) != (form.type, house_key, tail):
        return Judgement(None, (doubt("form_forged", serial=shown),))
    doubts = []
    if form.state is FormState.VOID:
        doubts.append(doubt("form_void", serial=shown, reason=form.reason))
    if tenure is not None and tenure.ended is not None and tenure.ended >= form.printed_at.date():
        doubts.append(doubt("form_tenure_ended", owner=tenure.owner, day=tenure.ended.isoformat()))
    again = [r for r in earlier if r.copy == slip.copy]
    if again:
        doubts.append(doubt("form_again", serial=shown, record=again[0].record or "", copy=str(slip.copy)))
    elif earlier:
        first = earlier[0]
        doubts.append(
            doubt(
                "form_other_copy",
                serial=shown,
                record=first.record or "",
                copy=str(slip.copy),
                first=str(first.copy),
            )
        )
    return Judgement(form, tuple(doubts))


@dataclass(frozen=True, slots=True)
class Merged:
    """What was read, with what was printed put in; `differs` are printed values that the paper now contradicts."""

    part: RecordFacts
    differs: tuple[Problem, ...] = field(default=())


def merged(part: RecordFacts, form: PrintedForm, kind: RecordType, house_key: str) -> Merged:
    """The facts of a form that came back: printed values count, whatever was read in their places."""
    read = {v.code: v for v in part.fields}
    specs = {f.code: f for f in kind.fields}
    shown = {} if kind.kind == "register" else form.shown  # its rows say other things than its head
    fields: list[Value] = [
        v for v in part.fields if v.code not in shown and v.written.replace(" ", "").upper() != form.id
    ]
    differs: list[Problem] = []
    for code, said in shown.items():
        spec, value, old = specs.get(code), form.values.get(code), read.get(code)
        if spec is None or value is None:
            continue
        if old is not None and _contradicts(spec, old, said, value):
            differs.append(doubt("form_differs", label=spec.label_zh, printed=said, written=old.written))
        box = old.box if old else None
        fields.append(Value(code, spec.label_zh, said, value, box=box, confidence=1.0, origin="qr"))
    fields.append(Value("serial", "表单号", form.id, form.id, confidence=1.0, origin="qr"))
    known = {specs[c].label_zh for c in form.values if c in specs}
    problems = tuple(p for p in part.problems if p.details.get("label") not in known)
    day = form.values.get(coded(kind, "date"), "")
    new = replace(
        part,
        house_written=form.shown.get(coded(kind, "house"), part.house_written),
        house=house_key or part.house,
        owner=form.values.get(coded(kind, "owner")) or part.owner,
        date=date.fromisoformat(day) if day else part.date,
        fields=tuple(fields),
        problems=problems,
    )
    return Merged(new, tuple(differs))


def coded(kind: RecordType, role: str) -> str:
    """The code of the field with a role; the role itself where the form has none."""
    return next((f.code for f in kind.fields if f.role == role), role)


def _contradicts(spec: FieldSpec, read: Value, shown: str, value: str) -> bool:
    """Whether a hand changed what was printed; a reading that is merely bad does not say so."""
    if not read.value or read.value == value or read.written == shown:
        return False
    if spec.role == "owner":
        return alike(read.value, value) < NEAR_NAME
    if spec.role == "house":
        key = parse_house(read.written, field=True)
        return key is not None and key != value and _apart(key, value) > ONE_DIGIT
    if spec.role == "date":
        return _is_day(read.value) and _apart(read.value, value) > ONE_DIGIT
    return False


def _apart(a: str, b: str) -> int:
    """In how many places two texts differ; their length where that differs."""
    return sum(x != y for x, y in zip(a, b, strict=True)) if len(a) == len(b) else max(len(a), len(b))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
