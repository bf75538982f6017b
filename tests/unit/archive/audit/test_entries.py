"""How entries are written down: one spelling, and no other value with the same one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.domain.audit import StoredEntry, canonical_json, make_entry, stored
from archive.domain.audit_model import Event
from archive.domain.instants import instant, read_instant
from tests.contracts.domain_values import TEXT

AT = datetime(2026, 3, 5, 12, 0, 0, 1, tzinfo=UTC)
DETAILS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
        ({"名": "回访记录"}, '{"名":"回访记录"}'),
        ("\u20ac$\u000f\nA'\u0042\"\\\u007f/", '"€$\\u000f\\nA\'B\\"\\\\\u007f/"'),
        # RFC 8785 section 3.2.3: order by UTF-16 units, where U+1F600 comes before U+FB33.
        ({"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3}, '{"€":3,"😀":2,"\ufb33":1}'),
        ((1, 2), "[1,2]"),
        (date(2026, 3, 5), '"2026-03-05"'),
        (AT, '"2026-03-05T12:00:00.000001Z"'),
        (Colour.RED, '"red"'),
        ({}, "{}"),
    ],
)
def test_canonical_json(value: Any, text: str) -> None:
    assert canonical_json(value) == text


@pytest.mark.parametrize("value", [0.5, b"x", {1: 2}, {1}, object()])
def test_what_has_no_one_spelling_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical_json({"x": value})


def test_numbers_that_others_read_differently_are_refused() -> None:
    with pytest.raises(ValueError, match=r"2\^53"):
        canonical_json({"x": 2**53})


def test_nothing_hostile_keeps_an_act_out_of_the_log() -> None:
    entry = make_entry(0, AT, Event.SIGN_IN_REFUSED, "a\x00\ud800b", "x" * 9999, {"\udcff": "\ud800\x00"})
    assert entry.actor == "a\ufffd\ufffdb"
    assert len(entry.subject) == 500
    assert entry.detail == {"\ufffd": "\ufffd\x00"}
    assert canonical_json(json.loads(stored(entry).canonical())) == stored(entry).canonical().decode()


@given(DETAILS)
def test_canonical_json_is_read_back_equal(value: Any) -> None:
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


def test_instants_have_one_spelling() -> None:
    beijing = datetime(2026, 3, 5, 20, 0, 0, 1, tzinfo=timezone(timedelta(hours=8)))
    assert instant(beijing) == instant(AT) == "2026-03-05T12:00:00.000001Z"
    assert read_instant(instant(AT)) == AT
    assert len(instant(datetime(9, 1, 1, tzinfo=UTC))) == 27
    with pytest.raises(ValueError, match="time zone"):
        instant(datetime(2026, 3, 5))


@pytest.mark.parametrize(
    "text", ["", "2026-03-05T12:00:00Z", "2026-03-05T12:00:00.000001Zx", "２026-03-05T12:00:00.000001Z"]
)
def test_other_spellings_are_no_instants(text: str) -> None:
    with pytest.raises(ValueError, match="not an instant"):
        read_instant(text)


def test_the_leaf_is_the_hash_of_the_documented_bytes() -> None:
    entry = make_entry(7, AT, Event.RECORD_FILED, "p1", "r1", {"标题": 'a"b', "n": 2})
    document = (
        '{"actor":"p1","at":"2026-03-05T12:00:00.000001Z","detail":{"n":2,"标题":"a\\"b"},'
        '"event":"record:filed","number":7,"subject":"r1"}'
    )
    assert entry.leaf == sha256(b"\x00" + document.encode()).hexdigest()
    assert stored(entry).canonical() == document.encode()
    assert canonical_json(json.loads(document)) == document


@given(TEXT, TEXT, st.dictionaries(TEXT, DETAILS, max_size=3))
def test_the_stored_bytes_are_canonical_json(actor: str, subject: str, detail: dict[str, Any]) -> None:
    entry = make_entry(3, AT, Event.SIGNED_IN, actor, subject, detail)
    text = stored(entry).canonical().decode()
    assert canonical_json(json.loads(text)) == text
    assert entry.detail == detail


@given(TEXT, TEXT, st.data())
def test_no_two_rows_have_the_same_bytes(actor: str, subject: str, data: st.DataObject) -> None:
    """Also not when a column holds what looks like the next one."""
    base = StoredEntry(3, instant(AT), "record:filed", actor, subject, '{"a":1}', "")
    hostile = st.sampled_from(['","at":"', '"', "\\", '{"a":1},"event":"record:filed"', "x"])
    name = data.draw(st.sampled_from(["at", "event", "actor", "subject", "detail"]))
    old = str(getattr(base, name))
    new = data.draw(st.one_of(TEXT, hostile, hostile.map(lambda part: old + part)))
    if new != old:
        assert replace(base, **{name: new}).canonical() != base.canonical()
