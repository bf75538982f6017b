"""Asking, granting, reading; what search lets be known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from archive.domain.access_model import Reading
from archive.domain.records import Record
from archive.services import access, audit_view, people, reading, search
from archive.services.audit_view import Wanted
from archive.services.errors import BadInput, NotFound, Refused
from tests.builders import PASSWORD, Town
from tests.integration.conftest import HOME


@pytest.fixture
def card(town: Town) -> Iterator[Record]:
    return town.files(
        "owner_card",
        house=HOME,
        owner="示例一",
        day=date(2024, 3, 6),
        text="业主资料卡 紧急联系人 示例九 独一无二的话",
    )


def test_staff_find_that_a_secret_record_exists_and_nothing_of_it(town: Town, card: Record) -> None:
    page = search.search(town.archive, town.who["staff"], "獨一無二")
    (hit,) = page.hits
    assert (hit.record, hit.restricted, hit.snippet) == (card.id, True, None)
    assert (hit.type, hit.house, hit.date) == ("owner_card", "3-2-1203", date(2024, 3, 6))
    assert hit.may_request
    view = reading.open_record(town.archive, town.who["staff"], card.id)
    assert view.record.owner is None
    assert view.record.fields == ()
    assert view.versions == ()


@pytest.mark.parametrize("name", ["staff", "archivist", "manager", "auditor", "administrator"])
def test_no_role_opens_an_owner_file_without_a_grant(town: Town, card: Record, name: str) -> None:
    for door in (
        lambda who: reading.page_image(town.archive, who, card.id, 2, 1, 400),
        lambda who: reading.download(town.archive, who, card.id),
        lambda who: reading.record_text(town.archive, who, card.id),
        lambda who: reading.page_count(town.archive, who, card.id),
    ):
        with pytest.raises((Refused, NotFound)):
            door(town.who[name])


def test_a_grant_opens_pages_until_it_ends_and_each_is_registered(town: Town, card: Record) -> None:
    staff, manager = town.who["staff"], town.who["manager"]
    asked = access.request_access(
        town.archive, staff, target_kind="record", target=card.id, purpose="核对电话", days=3
    )
    with pytest.raises(Refused):
        access.approve(town.archive, staff, asked.id)
    grant = access.approve(town.archive, manager, asked.id, days=1)
    image = reading.page_image(town.archive, staff, card.id, 2, 1, 400)
    assert image.startswith(b"\xff\xd8\xff")
    assert image != reading.render_page(town.archive, _version(town, card), 1, 400)
    with town.archive.uow() as uow:
        (register,) = uow.list(Reading, record=card.id)
    assert (register.grant, register.page, register.version) == (grant.id, 1, 2)
    assert len(access.request(town.archive, manager, asked.id).readings) == 1
    town.clock.forward(days=1)
    with pytest.raises(Refused) as over:
        reading.page_image(town.archive, staff, card.id, 2, 1, 400)
    assert over.value.code == "needs_grant"


def _version(town: Town, card: Record):
    from archive.domain.records import Version

    with town.archive.uow() as uow:
        return uow.list(Version, record=card.id, number=2)[0]


def test_nobody_approves_their_own_request(town: Town, card: Record) -> None:
    manager = town.who["manager"]
    own = access.request_access(
        town.archive, manager, target_kind="record", target=card.id, purpose="查看", days=1
    )
    with pytest.raises(Refused) as refused:
        access.approve(town.archive, manager, own.id)
    assert refused.value.code == "own_request"
    refusals = audit_view.entries(town.archive, town.who["auditor"], Wanted(event="access:refused")).entries
    assert refusals[0].subject == own.id


def test_a_dossier_grant_opens_its_records_and_revoking_ends_it_at_once(town: Town, card: Record) -> None:
    staff, manager = town.who["staff"], town.who["manager"]
    assert card.dossier is not None
    asked = access.request_access(
        town.archive, staff, target_kind="dossier", target=card.dossier, purpose="核对全卷", days=2
    )
    grant = access.approve(town.archive, manager, asked.id)
    assert search.search(town.archive, staff, "独一无二").hits[0].snippet
    assert reading.page_image(town.archive, staff, card.id, 2, 1, 400)
    access.revoke(town.archive, manager, grant.id, reason="用完")
    with pytest.raises(Refused):
        reading.page_image(town.archive, staff, card.id, 2, 1, 400)
    assert search.search(town.archive, staff, "独一无二").hits[0].snippet is None


def test_a_refusal_needs_a_reason_and_is_final(town: Town, card: Record) -> None:
    asked = access.request_access(
        town.archive, town.who["staff"], target_kind="record", target=card.id, purpose="好奇", days=1
    )
    with pytest.raises(BadInput):
        access.refuse(town.archive, town.who["manager"], asked.id, reason=" ")
    access.refuse(town.archive, town.who["manager"], asked.id, reason="用途不明")
    with pytest.raises(Refused) as again:
        access.approve(town.archive, town.who["manager"], asked.id)
    assert again.value.code == "already_decided"


def test_signing_in_tells_nothing_and_slows_down(town: Town) -> None:
    def attempt(name: str, password: str) -> str:
        try:
            people.sign_in(town.archive, name, password, address="127.0.0.1", user_agent="test")
        except Refused as refused:
            return refused.code
        return "in"

    assert attempt("staff", "wrong") == attempt("nobody", "wrong") == "sign_in_failed"
    for _ in range(5):
        attempt("staff", "wrong")
    assert attempt("staff", PASSWORD) == "sign_in_throttled"
    town.clock.forward(minutes=2)
    assert attempt("staff", PASSWORD) == "in"


def test_a_disabled_account_is_out_at_once(town: Town) -> None:
    token = people.sign_in(town.archive, "staff", PASSWORD, address="", user_agent="").token
    assert people.actor_of(town.archive, token) is not None
    people.disable_person(town.archive, town.who["administrator"], "staff")
    assert people.actor_of(town.archive, token) is None
    with pytest.raises(Refused):
        people.sign_in(town.archive, "staff", PASSWORD, address="", user_agent="")
