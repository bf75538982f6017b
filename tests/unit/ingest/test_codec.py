"""Facts survive the way through JSON unchanged; what is no facts is refused."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.codec import CodecError, dump, dumps, load, loads
from ingest.facts import (
    Box,
    DocumentFacts,
    FileFacts,
    FileState,
    Limits,
    Line,
    Page,
    Problem,
    RecordFacts,
    RevisionRow,
    Value,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
FLOAT = st.floats(allow_nan=False, allow_infinity=False)
DETAILS = st.dictionaries(TEXT, TEXT, max_size=3)
st.register_type_strategy(str, TEXT)
st.register_type_strategy(float, FLOAT)
PROBLEM = st.builds(Problem, details=DETAILS)
BOX = st.builds(Box)
LINE = st.builds(Line, box=st.none() | BOX)
PAGE = st.builds(Page, lines=st.lists(LINE, max_size=3).map(tuple))
DAY = st.none() | st.dates()
DOCUMENT = st.builds(
    DocumentFacts,
    effective=DAY,
    prepared_on=DAY,
    control_page=st.lists(st.builds(RevisionRow), max_size=3).map(tuple),
    chapters=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    findings=st.lists(PROBLEM, max_size=2).map(tuple),
    issued=DAY,
)
RECORD = st.builds(
    RecordFacts,
    pages=st.lists(st.integers(1, 9), max_size=3).map(tuple),
    date=DAY,
    fields=st.lists(st.builds(Value, box=st.none() | BOX), max_size=2).map(tuple),
    register_page=st.none() | st.tuples(st.integers(), st.integers()),
    problems=st.lists(PROBLEM, max_size=1).map(tuple),
    document=st.none() | DOCUMENT,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOAT | TEXT, lambda s: st.lists(s) | st.dictionaries(TEXT, s)
)
FILE = st.builds(
    FileFacts,
    state=st.sampled_from(FileState),
    pages=st.lists(PAGE, max_size=3).map(tuple),
    records=st.lists(RECORD, max_size=2).map(tuple),
    problems=st.lists(PROBLEM, max_size=2).map(tuple),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FILE)
def test_there_and_back(facts: FileFacts) -> None:
    assert loads(FileFacts, dumps(facts)) == facts


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FILE, st.data())
def test_a_value_of_another_type_is_refused(facts: FileFacts, data: st.DataObject) -> None:
    tree = dump(facts)
    key = data.draw(st.sampled_from(sorted(tree)))
    tree[key] = data.draw(st.sampled_from([{"x": 1}, 1.5, True, None, [[1]]]))
    with pytest.raises(CodecError):
        load(FileFacts, json.loads(json.dumps(tree)))


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_arbitrary_json_is_refused_and_never_raises_anything_else(value: Any) -> None:
    with pytest.raises(CodecError):
        load(FileFacts, value)


def test_missing_keys_take_defaults_and_unknown_ones_are_refused() -> None:
    least = {"state": "read", "media_type": "text/plain"}
    assert load(FileFacts, least) == FileFacts(FileState.READ, "text/plain")
    with pytest.raises(CodecError, match="unknown key"):
        load(FileFacts, {**least, "extra": 1})
    with pytest.raises(CodecError):
        load(FileFacts, {"state": "read"})


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "NaN", '{"state": "read"', "\ud800"])
def test_text_that_is_no_json(text: str) -> None:
    with pytest.raises(CodecError):
        loads(FileFacts, text)


def test_not_a_number_is_refused() -> None:
    box = dump(Box(1, 0.0, 0.0, 1.0, 1.0)) | {"x1": float("nan")}
    with pytest.raises(CodecError):
        load(Box, box)


def test_days_are_iso_and_limits_travel() -> None:
    assert dump(DocumentFacts("a", "b", "c", effective=date(2024, 2, 29)))["effective"] == "2024-02-29"
    assert load(Limits, dump(Limits(seconds=5))) == Limits(seconds=5)
    assert {f.name for f in dataclasses.fields(Limits)} == set(dump(Limits()))
