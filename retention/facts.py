"""From the JSON of `dangan retention decide` to facts and holds.

What is none is refused with a code and a remedy.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from retention.model import Event, Facts, FactsError, HoldFact
from schemas.dates import parse_date
from schemas.model import EVENT_TYPES, RecordType
from schemas.reading import suggest
from schemas.text import fold

KEYS = ("record_date", "filed_date", "fields", "events", "holds")


def read_facts(data: object, record_type: RecordType | None = None) -> tuple[Facts, tuple[HoldFact, ...]]:
    """The facts and the holds in `data` (decoded JSON). Fields go by code or, with `record_type`, by printed
    label.

    Raises FactsError: bad_facts, unknown_key, bad_date, unknown_event, bad_hold.
    """
    top = _object(data, "the facts")
    for key in top:
        if key not in KEYS:
            raise FactsError("unknown_key", f"{key!r} is no fact", suggest(key, KEYS))
    facts = Facts(
        record_date=_day(top.get("record_date"), "record_date"),
        filed_date=_day(top.get("filed_date"), "filed_date"),
        fields=_fields(top.get("fields"), record_type),
        events=tuple(_event(item) for item in _list(top.get("events"), "events")),
    )
    return facts, tuple(_hold(item) for item in _list(top.get("holds"), "holds"))


def _object(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise FactsError("bad_facts", f"{name} must be a JSON object", 'write {"name": value}')
    return value


def _list(value: object, name: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise FactsError("bad_facts", f"{name} must be a list", "write […]")
    return value


def _day(value: object, name: str) -> date | None:
    if value is None or value == "":
        return None
    day = parse_date(value) if isinstance(value, str) else None
    if day is None:
        raise FactsError("bad_date", f"{name} {value!r} is no date", "write a day such as 2024-03-06")
    return day


def _must_day(value: object, name: str) -> date:
    day = _day(value, name)
    if day is None:
        raise FactsError("bad_date", f"{name} is missing", "write a day such as 2024-03-06")
    return day


def _fields(value: object, record_type: RecordType | None) -> dict[str, str]:
    labels: dict[str, str] = {}
    for spec in record_type.fields if record_type else ():
        for label in (*spec.aliases, spec.label_zh, spec.code):
            labels[fold(label)] = spec.code
    fields = {}
    for key, item in _object({} if value is None else value, "fields").items():
        if item is not None and not isinstance(item, (str, int, float)):
            raise FactsError("bad_facts", f"the field {key} holds no plain value", "write text or a number")
        fields[labels.get(fold(key.strip()), key)] = "" if item is None else str(item)
    return fields


def _event(item: object) -> Event:
    event = _object(item, "an event")
    name = event.get("type")
    if name not in EVENT_TYPES:
        raise FactsError("unknown_event", f"{name!r} is no event", suggest(str(name), EVENT_TYPES))
    return Event(str(name), _must_day(event.get("date"), f"the date of {name}"))


def _hold(item: object) -> HoldFact:
    hold = _object(item, "a hold")
    start, end = _must_day(hold.get("from"), "the start of a hold"), _day(hold.get("to"), "the end of a hold")
    if end is not None and end < start:
        raise FactsError("bad_hold", "a hold ends before it starts", "check its days 'from' and 'to'")
    return HoldFact(start, end, str(hold.get("reason") or ""))
