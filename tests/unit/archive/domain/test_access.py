"""authorize: deny by default, secrets only under a grant, nobody decides on their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from archive.domain.access import Allowed, Refusal, authorize, knowable, may
from archive.domain.access_model import AccessRequest, Grant
from archive.domain.people import OPERATOR, SYSTEM, Actor
from archive.domain.records import Record, RecordState
from schemas import load_pack

PACK = load_pack()
NOW = datetime(2026, 3, 6, tzinfo=UTC)
ROLES = sorted(PACK.roles)


def person(*roles: str) -> Actor:
    return Actor("p1", "someone", roles)


def a_record(access_class: str = "secret", state: RecordState = RecordState.FILED) -> Record:
    return Record(
        id="r1",
        type="owner_card",
        title="",
        state=state,
        access_class=access_class,
        filed_at=NOW,
        version=1,
        change=1,
        dossier="d1",
    )


def a_grant(reader: str = "p1", kind: str = "record", target: str = "r1", days: int = 1) -> Grant:
    return Grant(
        id="g1",
        request="q1",
        reader=reader,
        target_kind=kind,
        target=target,
        purpose="核对",
        starts_at=NOW,
        ends_at=NOW + timedelta(days=days),
        approved_by="p2",
    )


@pytest.mark.parametrize("action", ["record.open", "record.download"])
@pytest.mark.parametrize(
    "who", [*(person(r) for r in ROLES), OPERATOR, SYSTEM], ids=[*ROLES, "operator", "system"]
)
def test_nobody_opens_a_secret_without_a_grant(who: Actor, action: str) -> None:
    assert isinstance(authorize(who, action, PACK, record=a_record(), now=NOW), Refusal)


@pytest.mark.parametrize(("kind", "target"), [("record", "r1"), ("dossier", "d1")])
def test_a_grant_opens_exactly_its_target_for_exactly_its_time(kind: str, target: str) -> None:
    def ask(grant: Grant, at: datetime) -> object:
        return authorize(person("staff"), "record.open", PACK, record=a_record(), grants=[grant], now=at)

    assert ask(a_grant(kind=kind, target=target), NOW) == Allowed(a_grant(kind=kind, target=target))
    assert isinstance(ask(a_grant(kind=kind, target="other"), NOW), Refusal)
    assert isinstance(ask(a_grant("p9", kind, target), NOW), Refusal)
    assert isinstance(ask(a_grant(kind=kind, target=target), NOW + timedelta(days=1)), Refusal)
    assert isinstance(ask(a_grant(kind=kind, target=target), NOW - timedelta(seconds=1)), Refusal)


def test_nobody_decides_on_their_own_request() -> None:
    request = AccessRequest("q1", "p1", "record", "r1", "核对", 1, "open", NOW)
    assert authorize(person("manager"), "access.decide", PACK, request=request) == Refusal("own_request")
    assert isinstance(
        authorize(Actor("p2", "b", ("manager",)), "access.decide", PACK, request=request), Allowed
    )
    assert authorize(person("staff"), "access.decide", PACK, request=request) == Refusal("not_your_role")


def test_a_destroyed_record_opens_to_nobody() -> None:
    gone = a_record("internal", RecordState.DESTROYED)
    assert authorize(person("archivist"), "record.open", PACK, record=gone, now=NOW) == Refusal("destroyed")


def test_the_desk_shows_only_what_waits_there() -> None:
    archivist = person("archivist")
    waiting = a_record(state=RecordState.TO_VERIFY)
    assert isinstance(authorize(archivist, "record.file", PACK, record=waiting), Allowed)
    assert authorize(archivist, "record.file", PACK, record=a_record()) == Refusal("not_to_verify")


def test_no_role_at_all_may_nothing() -> None:
    actions = {a for role in PACK.roles.values() for a in role.actions}
    assert not any(may(person(), action, PACK) for action in actions)
    assert not any(may(person("unheard-of"), action, PACK) for action in actions)


def test_an_operator_without_a_name_decides_nothing() -> None:
    assert not may(OPERATOR, "access.decide", PACK)
    assert not may(OPERATOR, "record.download", PACK)


def test_an_administrator_reads_no_records() -> None:
    for access_class in PACK.access_classes:
        answer = authorize(
            person("administrator"), "record.open", PACK, record=a_record(access_class), now=NOW
        )
        assert isinstance(answer, Refusal)


def test_a_class_found_by_nothing_is_unknown() -> None:
    from dataclasses import replace

    hidden = replace(PACK.access_classes["secret"], found_by="nothing")
    assert not knowable(person("staff"), hidden)
