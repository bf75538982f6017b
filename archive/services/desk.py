"""The verification desk: what a person must look at before it counts as filed."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from archive.domain.audit_model import Event
from archive.domain.estate import House, Tenure
from archive.domain.filing import HOUSE_DOSSIERS, dossier_key, field_map
from archive.domain.matching import Belonging, tenure_on
from archive.domain.people import Actor
from archive.domain.records import Dossier, Intake, Record, RecordState, Version, VersionText, version_id
from archive.ports.unit_of_work import After, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must
from archive.services.dossiers import open_dossier
from archive.services.errors import BadInput
from archive.services.indexing import wake_index
from archive.services.keeping import due_on
from archive.services.objects import object_of_record, original_path, record_version
from archive.services.reading import render_page
from archive.services.views import VerifyView
from schemas.dates import parse_date
from schemas.houses import parse_house
from schemas.model import FieldType, RecordType

UNSETTLED = (RecordState.TO_VERIFY, RecordState.KEPT_UNREADABLE)


def queue(archive: Archive, actor: Actor, *, limit: int = 50, offset: int = 0) -> list[Record]:
    """What waits at the desk, oldest first."""
    allow(archive, actor, "record.file")
    with archive.uow() as uow:
        return uow.list(Record, state=UNSETTLED, order=("id",), limit=limit, offset=offset)


def next_item(archive: Archive, actor: Actor, after: str | None = None) -> VerifyView | None:
    """The next record to verify, after the one just left; None when the desk is clear."""
    allow(archive, actor, "record.file")
    with archive.uow() as uow:
        found = uow.list(Record, state=UNSETTLED, id=After(after or ""), order=("id",), limit=1)
        found = found or uow.list(Record, state=UNSETTLED, order=("id",), limit=1)
        return _view(archive, uow, found[0]) if found else None


def item(archive: Archive, actor: Actor, record_id: str) -> VerifyView:
    with archive.uow() as uow:
        record = must(uow.get(Record, record_id), "该件")
        allow(archive, actor, "record.file", uow=uow, record=record)
        return _view(archive, uow, record)


def _view(archive: Archive, uow: UnitOfWork, record: Record) -> VerifyView:
    houses = tuple(uow.list(House, key=record.house_key, limit=20)) if record.house_key else ()
    return VerifyView(
        record=record,
        intake=uow.get(Intake, record.intake) if record.intake else None,
        facts=_facts(archive, record),
        suggestions=_suggestions(archive, record),
        houses=houses,
        remaining=uow.count(Record, state=UNSETTLED),
    )


def _facts(archive: Archive, record: Record) -> Mapping[str, Any]:
    stored = archive.store.read(object_of_record(record.id), record.version, "facts.json")
    facts: Mapping[str, Any] = json.loads(stored)
    return facts


def _suggestions(archive: Archive, record: Record) -> tuple[tuple[str, str], ...]:
    kinds = sorted(
        archive.pack.record_types.values(), key=lambda k: (k.code != record.type, k.family, k.code)
    )
    return tuple((k.code, k.title_zh) for k in kinds)


def page_image(archive: Archive, actor: Actor, record_id: str, page: int, width: int) -> bytes:
    """A page of a record that waits at the desk, without watermark: whoever files it must read it."""
    with archive.uow() as uow:
        record = must(uow.get(Record, record_id), "该件")
        allow(archive, actor, "record.file", uow=uow, record=record)
        version = must(uow.get(Version, version_id(record.id, record.version)), "该版本")
    return render_page(archive, version, page, width)


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
) -> Record:
    """File a record as a person has verified it: a new version with the same bytes and corrected metadata.

    `house` is a House.id, or any spelling of a house of the only estate that has it. Raises BadInput when the type
    needs a house, date or grade that is still missing.
    """
    with archive.uow() as uow:
        record = must(uow.get(Record, record_id), "该件")
        allow(archive, actor, "record.file", uow=uow, record=record)
        kind = archive.pack.record_types.get(type)
        if kind is None:
            raise BadInput("请选择档案类型。", code="unknown_type")
        belonging = _belonging(uow, kind, house, owner, date)
        old = must(uow.get(Version, version_id(record.id, record.version)), "该版本")
        text = uow.get(VersionText, old.id)
    checked = _checked(kind, fields)
    verified = _verified(archive, record, kind, belonging, owner, date, checked)
    verified = _with_dossier(archive, actor, verified, kind, belonging)
    version = replace(
        old,
        id=version_id(record.id, verified.version),
        number=verified.version,
        created_at=archive.clock.now(),
        created_by=actor.id,
        reason="verified",
    )
    _store(archive, verified, version, text.text if text else "", belonging)
    return _commit(archive, actor, record, verified, version, text.text if text else "")


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


def _store(
    archive: Archive, record: Record, version: Version, text: str, belonging: Belonging | None
) -> None:
    object_id = object_of_record(record.id)
    original = archive.store.read(object_id, version.number - 1, original_path(version.media_type))
    facts = json.loads(archive.store.read(object_id, version.number - 1, "facts.json"))
    with archive.uow() as uow:
        dossier = uow.get(Dossier, record.dossier) if record.dossier else None
    house = belonging.house if belonging else None
    archive.store.put([record_version(record, version, original, text, facts, house=house, dossier=dossier)])


def _commit(
    archive: Archive, actor: Actor, before: Record, verified: Record, version: Version, text: str
) -> Record:
    with archive.uow(write=True) as uow:
        fresh = must(uow.get(Record, before.id), "该件")
        allow(archive, actor, "record.file", record=fresh, uow=uow)
        filed = replace(verified, change=uow.next_change())
        filed = replace(filed, due_on=due_on(archive, uow, filed))
        uow.put(filed)
        uow.add(version, VersionText(version.id, filed.id, text))
        uow.audit(
            Event.RECORD_VERIFIED,
            actor=actor.id,
            subject=filed.id,
            at=version.created_at,
            version=version.number,
            before={"type": before.type, "house": before.house, "date": _iso(before.record_date)},
            after={"type": filed.type, "house": filed.house, "date": _iso(filed.record_date)},
        )
        wake_index(archive, uow)
        uow.commit()
    return filed


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None
