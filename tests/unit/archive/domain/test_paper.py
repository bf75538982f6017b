"""Rules of places and loans."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.domain.access import Allowed, Refusal, authorize
from archive.domain.paper import (
    AWAY,
    LABEL,
    UNSETTLED,
    WORKFLOW,
    Loan,
    LoanState,
    PlaceKind,
    code_in,
    earlier,
    may_hold,
    overlaps,
    place_code,
    step,
)
from archive.domain.people import Actor
from schemas import load_pack

PACK = load_pack()
AT = datetime(2026, 3, 6, 4, tzinfo=UTC)
MANAGER = Actor("m", "m", ("manager",))
ARCHIVIST = Actor("a", "a", ("archivist",))


def a_loan(**more: object) -> Loan:
    plain: dict[str, object] = {
        "id": "l",
        "requester": "s",
        "target_kind": "record",
        "target": "r",
        "purpose": "核对",
        "days": 3,
        "state": LoanState.OPEN,
        "created_at": AT,
        "access_class": "secret",
        "dossier": "d",
    }
    return Loan(**(plain | more))  # type: ignore[arg-type]


def test_the_states_are_those_of_the_workflow() -> None:
    assert {s.value for s in LoanState} == set(PACK.workflows[WORKFLOW].states)


@given(st.lists(st.sampled_from(PlaceKind), min_size=1, max_size=8))
def test_no_chain_of_places_comes_back_to_itself(chain: list[PlaceKind]) -> None:
    """Whatever may stand in another: kinds along the way are all different, so a loop is impossible."""
    allowed = all(may_hold(a, b) for a, b in pairwise(chain))
    assert not allowed or len(set(chain)) == len(chain)


def test_only_rooms_stand_in_nothing() -> None:
    assert [k for k in PlaceKind if may_hold(None, k)] == [PlaceKind.ROOM]
    assert may_hold(PlaceKind.ROOM, PlaceKind.BOX)
    assert not may_hold(PlaceKind.BOX, PlaceKind.SHELF)


@given(st.sampled_from(PlaceKind), st.integers(1, 10**6))
def test_a_label_read_in_any_way_gives_the_code(kind: PlaceKind, number: int) -> None:
    code = place_code(kind, number)
    assert code_in(LABEL + code) == code_in(f" {code.lower()}\n") == code


def test_codes_of_places_differ() -> None:
    assert len({place_code(k, n) for k in PlaceKind for n in range(1, 30)}) == 4 * 29


@given(st.sampled_from(LoanState), st.integers(-400, 400))
def test_only_what_is_out_can_be_late(state: LoanState, days: int) -> None:
    due = date(2026, 3, 6)
    late = a_loan(state=state, due_on=due).days_late(due + timedelta(days=days))
    assert late == (days if state in AWAY and days > 0 else 0)


def test_a_dossier_takes_its_records_along() -> None:
    assert overlaps(a_loan(), "record", "r")
    assert not overlaps(a_loan(), "record", "other")
    assert overlaps(a_loan(), "dossier", "d")
    assert overlaps(a_loan(target_kind="dossier", target="d"), "record", "other")


def test_every_loan_that_is_not_settled_can_go_on() -> None:
    actions = {t.action for t in PACK.workflows[WORKFLOW].transitions}
    for state in LoanState:
        goes_on = any(step(PACK, state, a) for a in actions)
        assert goes_on == (state in UNSETTLED), state


@pytest.mark.parametrize("action", ["approve", "refuse"])
def test_nobody_decides_on_their_own_loan(action: str) -> None:
    taken = step(PACK, LoanState.OPEN, action)
    own, other = a_loan(requester="m"), a_loan()
    assert authorize(
        MANAGER, "access.decide", PACK, request=own, step=taken, earlier=earlier(own)
    ) == Refusal("same_person")
    assert authorize(MANAGER, "access.decide", PACK, request=own) == Refusal("own_request")
    assert (
        authorize(MANAGER, "access.decide", PACK, request=other, step=taken, earlier=earlier(other))
        == Allowed()
    )


def test_a_deputy_decides_on_loans_and_does_nothing_else_by_the_absent_ones_role() -> None:
    deputy = Actor("a", "a", ("archivist",), deputy_roles=("manager",))
    loan, taken = a_loan(), step(PACK, LoanState.OPEN, "approve")
    asked = {"request": loan, "step": taken, "earlier": earlier(loan)}
    assert authorize(deputy, "access.decide", PACK, **asked) == Allowed()  # type: ignore[arg-type]
    assert authorize(ARCHIVIST, "access.decide", PACK, **asked) == Refusal("not_your_role")  # type: ignore[arg-type]
    issue = PACK.workflows["controlled_document"].step("reviewed", "approve")
    assert issue is not None
    assert authorize(deputy, "document.edit", PACK, step=issue) == Refusal("not_your_role")


def test_who_decides_follows_the_class() -> None:
    stranger = a_loan(access_class="secret")
    assert authorize(Actor("x", "x", ("staff",)), "access.decide", PACK, request=stranger) == Refusal(
        "not_your_role"
    )
    assert authorize(ARCHIVIST, "paper.manage", PACK, step=step(PACK, LoanState.APPROVED, "hand_out")) == (
        Allowed()
    )
    assert authorize(MANAGER, "paper.manage", PACK) == Refusal("not_your_role")
