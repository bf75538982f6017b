"""Printing forms: any record type as a clean A4 form, filled in with what is known, with a code that brings it home."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.domain.access import may
from archive.domain.audit_model import Event
from archive.domain.estate import House, Tenure
from archive.domain.filing import PAPER_GAPS
from archive.domain.forms import Print, Sheet, lay_out
from archive.domain.forms.printed import (
    ALPHABET,
    SERIAL_LENGTH,
    FormReturn,
    FormState,
    PrintedForm,
    coded,
    slip_for,
)
from archive.domain.forms.separator import lay_out_separator
from archive.domain.jobs import Setting
from archive.domain.masking import mask_phone
from archive.domain.people import Actor, Person
from archive.domain.records import Record
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must
from archive.services.errors import BadInput, Refused
from archive.services.form_pdf import Leaf, pdf_of
from archive.services.views import Download
from ingest.slips import Slip, slip_text
from schemas.dates import parse_date
from schemas.houses import display_zh, parse_house
from schemas.model import FieldSpec, FieldType, RecordType

KEY = "forms:key"
"""The setting that holds the key of the archive's seal; every machine of the archive needs the same."""
LANGUAGES = ("zh", "en")
MOST_COPIES = 9
MOST_ROWS = 200
OPEN = 100
"""Forms that one list shows."""
ORDINALS = "零一二三四五六七八九"
ASKED = {
    "zh": "填写、签名后交客服中心扫描归档，系统凭二维码自动归入本房档案；请勿涂写、遮盖二维码。",
    "en": "填写、签名后交客服中心扫描归档，请勿涂写二维码。 Return it filled in and signed; keep the codes clean.",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What to print. `house` is a House.id or any spelling; `day` is printed where the form asks for its date
    (None leaves it open). `blank` prints no values; the code still says whose form it is. `values` go by field
    code or zh label. `copies` None takes as many as the manual asks for."""

    type: str
    house: str = ""
    day: date | None = None
    copies: int | None = None
    blank: bool = False
    language: str = "zh"
    rows: int = 0
    values: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class FormLine:
    """A printed form in a list, with its names resolved. `back` are the copies that came back."""

    form: PrintedForm
    house: House | None
    owner: str
    printed_by: str
    back: tuple[FormReturn, ...] = ()
    gaps: tuple[str, ...] = ()
    """Labels of the fields, signatures and seals that its filed record lacks."""
    may_void: bool = False
    days: int = 0
    """Whole days since it was printed."""


def print_form(archive: Archive, actor: Actor, wish: Wish) -> tuple[PrintedForm, Download]:
    """Enter a new form under a serial of its own and draw it.

    Raises BadInput for an unknown type, house, field or choice, or too many copies.
    """
    allow(archive, actor, "form.print")
    kind = _offered(archive, wish.type)
    key = seal_key(archive)
    with archive.uow(write=True) as uow:
        house, tenure = _home(uow, wish.house)
        form = _new(archive, actor, wish, kind, house, tenure)
        download = _drawn(archive, form, kind, house, key)
        uow.add(form)
        uow.audit(
            Event.FORM_PRINTED,
            actor=actor.id,
            subject=form.id,
            at=form.printed_at,
            type=form.type,
            house=form.house,
            tenure=form.tenure,
            copies=form.copies,
        )
        uow.commit()
    return form, download


def print_again(archive: Archive, actor: Actor, serial: str) -> Download:
    """The same form under the same serial, for one that was spoilt or lost. Raises BadInput when it is void."""
    allow(archive, actor, "form.print")
    key = seal_key(archive)
    with archive.uow(write=True) as uow:
        form, house = _found(uow, serial)
        if form.state is FormState.VOID:
            raise BadInput("这份表单已作废，不能重印。", code="form_void", hint="请重新打印一份。")
        download = _drawn(archive, form, _kind(archive, form.type), house, key)
        uow.put(replace(form, reprints=form.reprints + 1))
        uow.audit(Event.FORM_REPRINTED, actor=actor.id, subject=form.id, at=archive.clock.now())
        uow.commit()
    return download


def form_file(archive: Archive, actor: Actor, serial: str) -> Download:
    """The PDF of a form that was just printed, for whoever printed it; others print it again, which is logged."""
    allow(archive, actor, "form.print")
    key = seal_key(archive)
    with archive.uow() as uow:
        form, house = _found(uow, serial)
    if form.printed_by != actor.id or form.state is not FormState.PRINTED:
        raise Refused("只有打印人可以直接取回这份表单。", code="not_your_form", hint="请用「重印」。")
    return _drawn(archive, form, _kind(archive, form.type), house, key)


def check(archive: Archive, actor: Actor, wish: Wish) -> None:
    """Say what is wrong with a wish before anything is printed. Raises BadInput as `print_form` does."""
    allow(archive, actor, "form.print")
    kind = _offered(archive, wish.type)
    with archive.uow() as uow:
        house, tenure = _home(uow, wish.house)
    _new(archive, actor, wish, kind, house, tenure)


def preview(archive: Archive, actor: Actor, wish: Wish, *, page: int = 1, width: int = 900) -> bytes:
    """A page of what `print_form` would print, as JPEG; nothing is entered, and its code is good for nothing."""
    allow(archive, actor, "form.print")
    kind = _offered(archive, wish.type)
    with archive.uow() as uow:
        house, tenure = _home(uow, wish.house)
    form = replace(_new(archive, actor, wish, kind, house, tenure), id="0" * SERIAL_LENGTH)
    pdf = _drawn(archive, form, kind, house, b"preview").content
    with TemporaryDirectory(prefix="dangan-") as folder:
        path = Path(folder) / "form.pdf"
        path.write_bytes(pdf)
        return archive.reader().render(path, "application/pdf", page, width)


def void(archive: Archive, actor: Actor, serial: str, *, reason: str) -> PrintedForm:
    """Take a form back that will not be used; its scan would go to the desk. Only its printer and whoever files
    may; a form that came back already cannot be voided."""
    allow(archive, actor, "form.print")
    if not reason.strip():
        raise BadInput("作废必须写明理由。", code="no_reason")
    with archive.uow(write=True) as uow:
        form, _ = _found(uow, serial)
        if not _may_void(archive, actor, form):
            raise Refused("只有打印人或档案员可以作废。", code="not_your_form", hint="请找档案员。")
        if form.state is FormState.RETURNED:
            raise BadInput("这份表单已经回收归档，不能作废。", code="form_returned")
        if form.state is FormState.VOID:
            return form
        gone = replace(
            form,
            state=FormState.VOID,
            voided_by=actor.id,
            voided_at=archive.clock.now(),
            reason=reason.strip()[:500],
        )
        uow.put(gone)
        uow.audit(
            Event.FORM_VOIDED, actor=actor.id, subject=form.id, at=archive.clock.now(), reason=gone.reason
        )
        uow.commit()
    return gone


def _may_void(archive: Archive, actor: Actor, form: PrintedForm) -> bool:
    return form.printed_by == actor.id or may(actor, "record.file", archive.pack)


def one(archive: Archive, actor: Actor, serial: str) -> FormLine:
    """A printed form and what became of it. Raises NotFound."""
    allow(archive, actor, "form.print")
    with archive.uow() as uow:
        form, _ = _found(uow, serial)
        return _lines(archive, actor, uow, [form])[0]


def printed(
    archive: Archive, actor: Actor, *, state: str = "", house: str = "", limit: int = OPEN, offset: int = 0
) -> list[FormLine]:
    """Printed forms: those not back yet oldest first, else the newest first; of one house where it is named."""
    allow(archive, actor, "form.print")
    where: dict[str, object] = {}
    if state:
        where["state"] = FormState(state)
    if house:
        where["house"] = house
    order = ("printed_at",) if state == FormState.PRINTED else ("-printed_at",)
    with archive.uow() as uow:
        return _lines(
            archive, actor, uow, uow.list(PrintedForm, order=order, limit=limit, offset=offset, **where)
        )


def count_open(archive: Archive, actor: Actor) -> int:
    allow(archive, actor, "form.print")
    with archive.uow() as uow:
        return uow.count(PrintedForm, state=FormState.PRINTED)


def _lines(archive: Archive, actor: Actor, uow: UnitOfWork, forms: list[PrintedForm]) -> list[FormLine]:
    """A handful of questions to the database, however many forms."""
    if not forms:
        return []
    houses = {h.id: h for h in uow.list(House, id=tuple({f.house for f in forms if f.house}))}
    tenures = {t.id: t for t in uow.list(Tenure, id=tuple({f.tenure for f in forms if f.tenure}))}
    people = {p.id: p.display_name for p in uow.list(Person, id=tuple({f.printed_by for f in forms}))}
    returns: dict[str, list[FormReturn]] = {}
    for back in uow.list(FormReturn, form=tuple(f.id for f in forms), order=("at",)):
        returns.setdefault(back.form, []).append(back)
    first = {f: backs[0].record for f, backs in returns.items() if backs[0].record}
    records = {r.id: r for r in uow.list(Record, id=tuple(first.values()))} if first else {}
    lines = []
    for form in forms:
        tenure = tenures.get(form.tenure or "")
        record = records.get(first.get(form.id) or "")
        lines.append(
            FormLine(
                form,
                houses.get(form.house or ""),
                tenure.owner if tenure else "",
                people.get(form.printed_by, ""),
                tuple(returns.get(form.id, ())),
                _gaps(record) if record else (),
                form.state is FormState.PRINTED and _may_void(archive, actor, form),
                (archive.clock.now() - form.printed_at).days,
            )
        )
    return lines


def _gaps(record: Record) -> tuple[str, ...]:
    found = (p.get("details", {}) for p in record.problems if p["code"] in PAPER_GAPS)
    return tuple(dict.fromkeys(str(d.get("place") or d.get("label") or "") for d in found))


def separator(archive: Archive, actor: Actor, *, type: str = "", house: str = "") -> Download:
    """A sheet to lay between the papers of a stack: what follows is a record of its own, of this type and house
    where they are named. Raises BadInput."""
    allow(archive, actor, "form.print")
    kind = _kind(archive, type) if type else None
    with archive.uow() as uow:
        found, _ = _home(uow, house)
    slip = Slip("cover", kind.code if kind else "", found.key if found else "")
    sheet = lay_out_separator(kind.title_zh if kind else "", found.written if found else "")
    pdf = pdf_of([Leaf(sheet, slip_text(slip))], archive.font, "分隔页")
    return Download("separator.pdf", "application/pdf", pdf, archive.clock.now())


# --- what is printed


def seal_key(archive: Archive) -> bytes:
    """The key of the archive's seal; made at first use, kept in the database so that every machine has it."""
    with archive.uow() as uow:
        known = uow.get(Setting, KEY)
    if known is None:
        with archive.uow(write=True) as uow:
            known = uow.get(Setting, KEY)
            if known is None:
                known = Setting(KEY, secrets.token_hex(32))
                uow.add(known)
                uow.commit()
    return bytes.fromhex(str(known.value))


def _kind(archive: Archive, code: str) -> RecordType:
    kind = archive.pack.record_types.get(code)
    if kind is None:
        raise BadInput(f"没有档案类型 {code}。", code="unknown_type", hint="用 dangan types list 查看。")
    return kind


def _offered(archive: Archive, code: str) -> RecordType:
    """A type that is still in use; forms of retired ones that are out may come back and be printed again."""
    kind = _kind(archive, code)
    if kind.retired:
        raise BadInput(
            f"「{kind.title_zh}」已停用，不再打印。", code="type_retired", hint="请选择现用的表单。"
        )
    return kind


def _home(uow: UnitOfWork, house: str) -> tuple[House | None, Tenure | None]:
    """The house and who owns it now. Raises BadInput when no house, or more than one, is meant."""
    if not house.strip():
        return None, None
    found = uow.get(House, house)
    if found is None:
        key = parse_house(house, field=True)
        named = uow.list(House, key=key, limit=2) if key else []
        if len(named) != 1:
            message = "几个项目都有这个房号，请选择项目。" if named else f"房屋名册里没有「{house[:40]}」。"
            raise BadInput(message, code="house_unknown", hint="请核对房号，或先导入房屋名册。")
        found = named[0]
    tenures = uow.list(Tenure, house=found.id, ended=None, order=("started",))
    return found, tenures[-1] if tenures else None


def _found(uow: UnitOfWork, serial: str) -> tuple[PrintedForm, House | None]:
    form = must(uow.get(PrintedForm, serial.replace(" ", "").upper()[:16]), "该表单号")
    return form, uow.get(House, form.house) if form.house else None


def _new(
    archive: Archive, actor: Actor, wish: Wish, kind: RecordType, house: House | None, tenure: Tenure | None
) -> PrintedForm:
    copies = wish.copies or _asked_copies(kind)
    if not 1 <= copies <= MOST_COPIES:
        raise BadInput(f"一次最多打印 {MOST_COPIES} 联。", code="bad_copies")
    if wish.language not in LANGUAGES:
        raise BadInput("语言只能是 zh 或 en。", code="bad_language")
    if not 0 <= wish.rows <= MOST_ROWS:
        raise BadInput(f"一次最多打印 {MOST_ROWS} 行。", code="bad_rows")
    values, shown = ({}, {}) if wish.blank else _filled(archive, wish, kind, house, tenure)
    return PrintedForm(
        id="".join(secrets.choice(ALPHABET) for _ in range(SERIAL_LENGTH)),
        type=kind.code,
        house=house.id if house else None,
        tenure=tenure.id if tenure else None,
        values=values,
        shown=shown,
        copies=copies,
        pages=len(lay_out(kind, Print(values=shown, serial="0" * SERIAL_LENGTH, rows=wish.rows))),
        language=wish.language,
        rows=wish.rows,
        printed_by=actor.id,
        printed_at=archive.clock.now(),
    )


def _asked_copies(kind: RecordType) -> int:
    """As many as the manual names; where it speaks of a second one alone, two."""
    return max(len(kind.copies), 2) if kind.copies else 1


def _filled(
    archive: Archive, wish: Wish, kind: RecordType, house: House | None, tenure: Tenure | None
) -> tuple[dict[str, str], dict[str, str]]:
    """Values in normal form, and as they are printed; a masked phone is only printed."""
    values: dict[str, str] = {}
    shown: dict[str, str] = {}
    if house is not None:
        values[coded(kind, "house")], shown[coded(kind, "house")] = house.key, house.written
    if tenure is not None and any(f.role == "owner" for f in kind.fields):
        values[coded(kind, "owner")] = shown[coded(kind, "owner")] = tenure.owner
    if tenure is not None and tenure.phone and any(f.code == "phone" for f in kind.fields):
        hidden = archive.pack.access_classes[kind.access_class].viewing == "grant"
        shown["phone"] = mask_phone(tenure.phone) if hidden else tenure.phone
        if not hidden:
            values["phone"] = tenure.phone
    if wish.day is not None:
        code = coded(kind, "date")
        values[code], shown[code] = wish.day.isoformat(), _day(wish.day)
    for name, written in (wish.values or {}).items():
        spec = _spec(kind, name)
        values[spec.code], shown[spec.code] = _normal(spec, written.strip())
    return values, shown


def _spec(kind: RecordType, name: str) -> FieldSpec:
    found = next((f for f in kind.fields if name in (f.code, f.label_zh)), None)
    if found is None:
        raise BadInput(f"「{kind.title_zh}」没有字段「{name[:40]}」。", code="unknown_field")
    return found


def _normal(spec: FieldSpec, written: str) -> tuple[str, str]:
    if spec.type is FieldType.CHOICE and spec.choices and written not in spec.choices:
        raise BadInput(f"「{spec.label_zh}」只能是 {'、'.join(spec.choices)}。", code="bad_choice")
    if spec.type is FieldType.DATE:
        day = parse_date(written)
        if day is None:
            raise BadInput(
                f"「{spec.label_zh}」不是日期：{written[:40]}", code="bad_date", hint="例如 2026-03-06。"
            )
        return day.isoformat(), _day(day)
    return written[:500], written[:500]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def sheets_of(archive: Archive, form: PrintedForm, copy: int) -> tuple[Sheet, ...]:
    """The sheets of one copy, as they were laid out for printing."""
    with archive.uow() as uow:
        house = uow.get(House, form.house) if form.house else None
    return _laid_out(archive, form, _kind(archive, form.type), house, copy)


def _laid_out(
    archive: Archive, form: PrintedForm, kind: RecordType, house: House | None, copy: int
) -> tuple[Sheet, ...]:
    said = Print(
        values=form.shown,
        head=house.estate if house else "",
        house=house.written if house and not _is_blank(form) else "",
        date=form.shown.get(coded(kind, "date"), ""),
        mark=_mark(archive, kind, copy, form.copies),
        serial=form.id,
        clause=f"依据：{'、'.join(kind.clauses)}" if kind.clauses else "",
        note=ASKED[form.language],
        english=form.language == "en",
        rows=form.rows,
    )
    return lay_out(kind, said)


def _drawn(
    archive: Archive, form: PrintedForm, kind: RecordType, house: House | None, key: bytes
) -> Download:
    """All copies, one after the other, each page with its code."""
    leaves = []
    for copy in range(1, form.copies + 1):
        for page, sheet in enumerate(_laid_out(archive, form, kind, house, copy), start=1):
            slip = slip_for(form, house.key if house else "", copy, page, key)
            leaves.append(Leaf(sheet, slip_text(slip)))
    pdf = pdf_of(leaves, archive.font, f"{kind.title_zh} {form.id}")
    place = display_zh(house.key) if house else ""
    name = "_".join(part for part in (kind.title_zh, place, form.id) if part)
    return Download(f"{name}.pdf", "application/pdf", pdf, archive.clock.now())


def _is_blank(form: PrintedForm) -> bool:
    return not form.shown


def _mark(archive: Archive, kind: RecordType, copy: int, copies: int) -> str:
    """一式两联 · 第一联：部门留存. The manual's words where it names each copy."""
    if copies == 1:
        return ""
    many = "两" if copies == 2 else ORDINALS[copies]
    where = ""
    if len(kind.copies) == copies:
        where = archive.pack.say(kind.copies[copy - 1], "zh")
    elif copies == 2 and copy == 2 and len(kind.copies) == 1:
        where = archive.pack.say(kind.copies[0], "zh")
    where = where.removeprefix(f"第{ORDINALS[copy]}联")
    return f"一式{many}联 · 第{ORDINALS[copy]}联" + (f"：{where}" if where else "")
