"""Decisions at the verification desk: accept, send back, turn a page; each a new version, each can be undone."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from archive.domain.audit_model import Event
from archive.domain.desk import RETURN_REASONS, UNDOABLE, DeskDecision, with_doubt
from archive.domain.estate import House, Tenure
from archive.domain.filing import HOUSE_DOSSIERS, dossier_key, field_map
from archive.domain.four_properties import Source
from archive.domain.matching import Belonging, tenure_on
from archive.domain.people import Actor
from archive.domain.records import Dossier, Intake, Record, RecordState, Version, VersionText, version_id
from archive.ports.store import VersionConflict
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must, new_id
from archive.services.desk_leases import begin_decision, end_decision, forget_decision, take
from archive.services.dossiers import open_dossier
from archive.services.errors import ArchiveError, BadInput, Clash, NotFound
from archive.services.indexing import wake_index
from archive.services.keeping import due_on
from archive.services.learning import learn, unlearn
from archive.services.objects import checked, object_of_record, original_path, read_record, record_version
from schemas.dates import parse_date
from schemas.houses import parse_house
from schemas.model import FieldType, RecordType

_EVENTS = {
    "accepted": Event.RECORD_VERIFIED,
    "sent_back": Event.RECORD_SENT_BACK,
    "turned": Event.RECORD_TURNED,
    "undone": Event.DECISION_UNDONE,
}
_MESSAGES = {
    "accepted": "verified",
    "sent_back": "sent back",
    "turned": "page turned",
    "undone": "decision undone",
}


def accept(
    archive: Archive,
    actor: Actor,
    record_id: str,
    *,
    type: str,
    house: str | None,
    owner: str | None,
    date: datetime.date | None,
    fields: Mapping[str, str],
    version: int | None = None,
) -> Record:
    """File a record as a person has verified it: a new version with the same bytes and corrected metadata.

    `house` is a House.id, or any spelling of a house of the only estate that has it. `version` is the one that the
    person looked at (None: the newest). Raises BadInput when the type needs a house, date or grade that is still
    missing, Clash when somebody else has the record in hand or it changed meanwhile.
    """
    with archive.uow() as uow:
        record = must(uow.get(Record, record_id), "该件")
        if record.state is RecordState.DESTROYED or version is None:
            allow(archive, actor, "record.file", uow=uow, record=record)
        allow(archive, actor, "record.file")
        _still(record, version)
        kind = archive.pack.record_types.get(type)
        if kind is None:
            raise BadInput("请选择档案类型。", code="unknown_type")
        belonging = _belonging(uow, kind, house, owner, date)
    checked = _checked(kind, fields)
    verified = _verified(archive, record, kind, belonging, owner, date, checked)
    begin_decision(archive, actor, record.id, record.version)
    try:
        verified = _with_dossier(archive, actor, verified, kind, belonging)
        return _write(archive, actor, record, verified, "accepted")
    except BaseException:
        forget_decision(archive, record.id)
        raise


def send_back(
    archive: Archive,
    actor: Actor,
    record_id: str,
    *,
    reason: str,
    note: str = "",
    version: int | None = None,
) -> Record:
    """Take a record off the desk that cannot be filed as it is; it stays kept and waits on a list of its own.

    Raises BadInput for a reason that is none of RETURN_REASONS, Clash as `accept`.
    """
    if reason not in RETURN_REASONS:
        raise BadInput("请选择退回的原因。", code="no_reason", hint="重扫、看不清或不属于本项目。")
    with archive.uow() as uow:
        record = must(uow.get(Record, record_id), "该件")
        allow(archive, actor, "record.file", uow=uow, record=record)
        _still(record, version)
    words = {"rescan": "请重新扫描", "unreadable": "原件看不清", "not_ours": "不属于本项目"}
    note = " ".join(note.split())[:200]
    told = {"code": "sent_back", "message": "已退回：" + words[reason] + (f"（{note}）" if note else "。")}
    problem = {**told, "details": {"reason": reason, "note": note}}
    kept = tuple(p for p in record.problems if p["code"] != "sent_back")
    after = replace(record, version=record.version + 1, returned=reason, problems=(problem, *kept))
    return _decide(archive, actor, record, after, "sent_back")


def turn_page(
    archive: Archive, actor: Actor, record_id: str, *, page: int, version: int | None = None
) -> Record:
    """Show a page turned by a further quarter clockwise; the places of its fields turn with it."""
    with archive.uow() as uow:
        record = must(uow.get(Record, record_id), "该件")
        allow(archive, actor, "record.file", uow=uow, record=record)
        _still(record, version)
    count = max(1, record.pages)
    if not 1 <= page <= count:
        raise BadInput("没有这一页。", code="no_page")
    turned = [record.turned[n] if n < len(record.turned) else 0 for n in range(count)]
    turned[page - 1] = (turned[page - 1] - 90) % 360
    own = record.source_pages[page - 1] if page <= len(record.source_pages) else page
    fields = tuple(_turned_box(f, own) for f in record.fields)
    after = replace(record, version=record.version + 1, turned=tuple(turned), fields=fields)
    return _decide(archive, actor, record, after, "turned", keep=True)


def _turned_box(field: Mapping[str, Any], page: int) -> Mapping[str, Any]:
    box = field.get("box")
    if not box or box["page"] != page:
        return field
    turned = {"page": page, "x0": 1 - box["y1"], "y0": box["x0"], "x1": 1 - box["y0"], "y1": box["x1"]}
    return {**field, "box": turned}


def undo(archive: Archive, actor: Actor, decision_id: str | None = None) -> Record:
    """Take back one's own last decision (or a given one): a new version as the record was before it.

    Raises NotFound when there is nothing to take back, Clash when the record changed since.
    """
    allow(archive, actor, "record.file")
    with archive.uow() as uow:
        mine = undoable(uow, actor)
        decision = next((d for d in mine if decision_id in (None, d.id)), None)
        if decision is None:
            raise NotFound("没有可以撤销的决定。", hint=f"最近 {UNDOABLE} 个决定可以撤销。")
        record = must(uow.get(Record, decision.record), "该件")
        if record.version != decision.after or record.state is RecordState.DESTROYED:
            raise Clash("之后该件又有改动，不能撤销。", code="record_changed", hint="请打开该件核对。")
    stored = archive.store.read(object_of_record(record.id), decision.before, "metadata.json")
    before = read_record(json.loads(stored)["record"])
    after = replace(before, version=record.version + 1)
    return _write(archive, actor, record, after, "undone", undoes=decision)


def undoable(uow: UnitOfWork, actor: Actor) -> list[DeskDecision]:
    """The person's last decisions that stand, newest first."""
    last = uow.list(DeskDecision, person=actor.id, order=("-at", "-id"), limit=UNDOABLE)
    return [d for d in last if d.undone_at is None]


def last_decisions(archive: Archive, actor: Actor) -> list[tuple[DeskDecision, Record]]:
    """What can be taken back, newest first, with the records."""
    allow(archive, actor, "record.file")
    with archive.uow() as uow:
        found = undoable(uow, actor)
        ids = tuple(d.record for d in found)
        records = {r.id: r for r in uow.list(Record, id=ids)} if ids else {}
    return [(d, records[d.record]) for d in found if records[d.record].version == d.after]


def _still(record: Record, version: int | None) -> None:
    """Raises Clash when it is no longer what the person looked at."""
    if record.state not in (RecordState.TO_VERIFY, RecordState.KEPT_UNREADABLE):
        raise Clash("该件已经处理完毕，没有再改动。", code="already_verified", hint="请核对下面两边的内容。")
    if version is not None and record.version != version:
        raise Clash(
            "打开之后，该件已被改动，没有覆盖。", code="record_changed", hint="请核对下面两边的内容。"
        )


def _decide(
    archive: Archive, actor: Actor, before: Record, after: Record, kind: str, *, keep: bool = False
) -> Record:
    begin_decision(archive, actor, before.id, before.version)
    try:
        return _write(archive, actor, before, after, kind, keep=keep)
    except BaseException:
        forget_decision(archive, before.id)
        raise


def _belonging(
    uow: UnitOfWork, kind: RecordType, house: str | None, owner: str | None, day: datetime.date | None
) -> Belonging | None:
    if not house:
        if kind.dossier in HOUSE_DOSSIERS:
            raise BadInput(f"「{kind.title_zh}」要归入房屋，请填写房号。", code="house_missing")
        return None
    found = uow.get(House, house)
    if found is None:
        key = parse_house(house, field=True)
        named = uow.list(House, key=key, limit=2) if key else []
        if len(named) != 1:
            message = "几个项目都有这个房号，请选择项目。" if named else f"房屋名册里没有「{house}」。"
            raise BadInput(message, code="house_unknown", hint="请核对房号，或先导入房屋名册。")
        found = named[0]
    tenures = uow.list(Tenure, house=found.id, order=("started",))
    named_owner = next((t for t in reversed(tenures) if owner and t.owner == owner.strip()), None)
    tenure = named_owner or tenure_on(tenures, day)
    return Belonging(found, tenure, owner or (tenure.owner if tenure else None), True)


def _checked(kind: RecordType, fields: Mapping[str, str]) -> dict[str, str]:
    """The corrected fields in normal form. Raises BadInput for a choice or a day that is none."""
    good: dict[str, str] = {}
    specs = {f.code: f for f in kind.fields}
    for code, raw in fields.items():
        spec, value = specs.get(code), raw.strip()
        if spec is None:
            continue
        if value and spec.type is FieldType.CHOICE and spec.choices and value not in spec.choices:
            raise BadInput(f"「{spec.label_zh}」只能是 {'、'.join(spec.choices)}。", code="bad_choice")
        if value and spec.type is FieldType.DATE:
            day = parse_date(value)
            if day is None:
                raise BadInput(
                    f"「{spec.label_zh}」不是日期：{value}", code="bad_date", hint="例如 2026-03-06。"
                )
            value = day.isoformat()
        good[code] = value
    return good


def _verified(
    archive: Archive,
    record: Record,
    kind: RecordType,
    belonging: Belonging | None,
    owner: str | None,
    day: datetime.date | None,
    fields: Mapping[str, str],
) -> Record:
    merged = field_map(record.fields, fields, kind)
    filled = {f["code"] for f in merged if f.get("value")}
    for spec in kind.fields:
        if spec.required and spec.role == "grade" and spec.code not in filled:
            raise BadInput(f"请选择「{spec.label_zh}」。", code="grade_missing", hint="保管期限由它决定。")
    if day is None and kind.dossier != "document":
        raise BadInput("请填写日期。", code="date_missing", hint="保管期限从它算起。")
    house = belonging.house if belonging else None
    tenure = belonging.tenure if belonging else None
    return replace(
        record,
        type=kind.code,
        title=kind.title_zh if kind.dossier != "document" else record.title,
        state=RecordState.FILED,
        access_class=kind.access_class,
        version=record.version + 1,
        house=house.id if house else None,
        house_key=house.key if house else None,
        tenure=tenure.id if tenure else None,
        owner=(owner or "").strip() or (tenure.owner if tenure else None),
        record_date=day,
        fields=merged,
        problems=(),
        returned="",
        pack_version=archive.pack.version,
    )


def _with_dossier(
    archive: Archive, actor: Actor, record: Record, kind: RecordType, belonging: Belonging | None
) -> Record:
    key = dossier_key(kind, belonging, record.record_date, record.number)
    if key is None:
        return replace(record, dossier=None)
    house = belonging.house if belonging else None
    tenure = belonging.tenure if belonging else None
    return replace(record, dossier=open_dossier(archive, key, kind, house, tenure, actor.id).id)


def _write(
    archive: Archive,
    actor: Actor,
    before: Record,
    after: Record,
    kind: str,
    *,
    keep: bool = False,
    undoes: DeskDecision | None = None,
) -> Record:
    """The next version of a record to the store, then its rows. `keep` leaves it in the actor's hand."""
    with archive.uow() as uow:
        old = must(uow.get(Version, version_id(before.id, before.version)), "该版本")
        text = uow.get(VersionText, old.id)
        house = uow.get(House, after.house) if after.house else None
        dossier = uow.get(Dossier, after.dossier) if after.dossier else None
        intake = uow.get(Intake, before.intake) if before.intake else None
    version = replace(
        old,
        id=version_id(before.id, after.version),
        number=after.version,
        created_at=archive.clock.now(),
        created_by=actor.id,
        reason=_MESSAGES[kind],
    )
    object_id = object_of_record(before.id)
    original = archive.store.read(object_id, old.number, original_path(old.media_type))
    facts = json.loads(archive.store.read(object_id, old.number, "facts.json"))
    words = text.text if text else ""
    version = checked(archive, after, version, _source(actor, after, old, facts, intake))
    try:
        archive.store.put(
            [record_version(after, version, original, words, facts, house=house, dossier=dossier)]
        )
    except VersionConflict as error:
        raise Clash(
            "该件正由另一个提交改动，没有覆盖。", code="record_changed", hint="请重新打开核对。"
        ) from error
    return _commit(archive, actor, before, after, version, words, facts, kind, keep, undoes)


def _source(
    actor: Actor, after: Record, old: Version, facts: Mapping[str, Any], intake: Intake | None
) -> Source:
    """A version that a person made at the desk: the bytes are the old ones, the doubts of reading were seen."""
    noted = (*facts.get("problems", ()), *(intake.problems if intake else ()))
    return Source(
        "verified" if after.state is RecordState.FILED else "changed",
        intake.sha256 if intake else old.sha256,
        actor.id,
        after.intake or "",
        part=intake is not None and intake.sha256 != old.sha256,
        codes=frozenset(str(p["code"]) for p in noted),
        virus=next((str(c["evidence"].get("scan", "")) for c in old.checks if c["code"] == "virus"), ""),
    )


def _commit(
    archive: Archive,
    actor: Actor,
    before: Record,
    after: Record,
    version: Version,
    words: str,
    facts: Mapping[str, Any],
    kind: str,
    keep: bool,
    undoes: DeskDecision | None,
) -> Record:
    with archive.uow(write=True) as uow:
        fresh = must(uow.get(Record, before.id), "该件")
        if fresh.version != before.version or fresh.state is not before.state:
            raise Clash("该件已被改动，没有覆盖。", code="record_changed", hint="请重新打开核对。")
        after = with_doubt(replace(after, change=uow.next_change()))
        after = replace(after, due_on=due_on(archive, uow, after))
        uow.put(after)
        uow.add(version, VersionText(version.id, after.id, words))
        if undoes is None:
            at, number = version.created_at, version.number
            uow.add(DeskDecision(new_id(), after.id, actor.id, at, kind, before.version, number))
        else:
            uow.put(replace(undoes, undone_at=version.created_at))
        if kind == "accepted":
            learn(archive, uow, actor, before, after, facts, words)
        elif kind == "undone":
            unlearn(uow, after.id)
        _audit(uow, actor, before, after, version, kind)
        end_decision(uow, after.id)
        if keep or undoes is not None:
            take(archive, uow, actor, after.id)
        wake_index(archive, uow)
        uow.commit()
    return after


def _audit(uow: UnitOfWork, actor: Actor, before: Record, after: Record, version: Version, kind: str) -> None:
    uow.audit(
        _EVENTS[kind],
        actor=actor.id,
        subject=after.id,
        at=version.created_at,
        version=version.number,
        before={"type": before.type, "house": before.house, "date": _iso(before.record_date)},
        after={"type": after.type, "house": after.house, "date": _iso(after.record_date)},
    )


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


def accept_as_read(
    archive: Archive, actor: Actor, record_ids: Sequence[str]
) -> tuple[list[Record], list[tuple[Record, ArchiveError]]]:
    """Accept several records as they were read, after a person has looked at each; what fails stays at the desk.

    Returns what was filed, and what was not with the reason. Raises BadInput for records of more than one type.
    """
    allow(archive, actor, "record.file")
    with archive.uow() as uow:
        records = uow.list(Record, id=tuple(record_ids[:100]), order=("id",)) if record_ids else []
    if len({r.type for r in records}) != 1 or records[0].type is None:
        raise BadInput("一次只能归档同一种表单。", code="mixed_types", hint="请先按类型筛选。")
    filed: list[Record] = []
    left: list[tuple[Record, ArchiveError]] = []
    for record in records:
        try:
            filed.append(_accept_one(archive, actor, record))
        except ArchiveError as error:
            left.append((record, error))
    return filed, left


def _accept_one(archive: Archive, actor: Actor, record: Record) -> Record:
    return accept(
        archive,
        actor,
        record.id,
        type=record.type or "",
        house=record.house or record.house_key,
        owner=record.owner,
        date=record.record_date,
        fields={},
        version=record.version,
    )
