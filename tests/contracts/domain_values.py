"""Domain values for contract tests: plain ones by name, and any value of any kind for Hypothesis."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Union

from hypothesis import strategies as st

from archive.domain.estate import House
from archive.domain.jobs import Job, JobState
from archive.domain.records import Dossier, Record, RecordState, Version, version_id

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


def record(id: str, **changes: Any) -> Record:
    """A filed record that belongs to nothing yet."""
    plain = Record(
        id=id,
        type="callback_record",
        title="回访记录表",
        state=RecordState.FILED,
        access_class="internal",
        filed_at=NOON,
        version=1,
        change=1,
    )
    return dataclasses.replace(plain, **changes)


def version(of: str, number: int = 1) -> Version:
    return Version(
        version_id(of, number), of, number, "ab" * 32, 12, "text/plain", "a.txt", NOON, "archivist", "filed"
    )


def house(key: str, estate: str = "翠园") -> House:
    return House(f"{estate}/{key}", estate, key, key)


def dossier(id: str, **changes: Any) -> Dossier:
    plain = Dossier(id, f"DG-{id}", "owner_file", "业主档案", "secret", NOON)
    return dataclasses.replace(plain, **changes)


def job(id: str, **changes: Any) -> Job:
    return dataclasses.replace(Job(id, "index", {"n": 1}, JobState.WAITING, NOON, NOON), **changes)


def later(**span: float) -> datetime:
    return NOON + timedelta(**span)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
_ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30))])
_SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    bool: st.booleans(),
    int: st.integers(-(2**62), 2**62),
    date: st.dates(),
    datetime: st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=_ZONES),
    Any: _JSON,
}


def _by_hint(hint: Any) -> st.SearchStrategy[Any]:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return st.one_of(*(_by_hint(part) for part in inner if part is not type(None)), st.none())
    if origin is tuple and inner[-1] is Ellipsis:
        return st.lists(_by_hint(inner[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(_by_hint, inner))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(_by_hint(inner[0]), _by_hint(inner[1]), max_size=3)
    raise TypeError(f"no values for {hint}")


def any_value(kind: type) -> st.SearchStrategy[Any]:
    """Every value that a dataclass's hints allow."""
    hints = typing.get_type_hints(kind)
    fields = {field.name: _by_hint(hints[field.name]) for field in dataclasses.fields(kind)}
    return st.builds(kind, **fields)
