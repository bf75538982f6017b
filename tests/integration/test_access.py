"""Requests: narrowed, with a copy, in an emergency, and decided by a deputy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from archive.domain.audit_model import Event
from archive.domain.people import Actor
from archive.domain.records import Record
from archive.services import access, audit_view, copies, people, reading
from archive.services.audit_view import Wanted
from archive.services.errors import ArchiveError, NotFound
from tests.builders import Town
from tests.integration.conftest import HOME


@pytest.fixture
def cards(town: Town) -> tuple[Record, Record]:
    """Two secret records in one owner's file."""
    first = town.files("owner_card", house=HOME, owner="示例一", text="独一无二")
    second = town.files("preliminary_service_agreement", house=HOME, owner="示例一", day=date(2026, 2, 1))
    assert first.dossier == second.dossier is not None
    assert second.access_class == "secret"
    return first, second


def refusal(act: object, *args: object, **more: object) -> str:
    with pytest.raises(ArchiveError) as told:
        act(*args, **more)  # type: ignore[operator]
    return told.value.code


def asks(town: Town, target: Record, *, kind: str = "view", whole: bool = True, who: str = "staff") -> str:
    return access.request_access(
        town.archive,
        town.who[who],
        target_kind="dossier" if whole else "record",
        target=str(target.dossier) if whole else target.id,
        purpose="核对联系电话",
        days=5,
        kind=kind,
    ).id


def test_a_grant_can_be_narrowed_to_some_records(town: Town, cards: tuple[Record, Record]) -> None:
    first, second = cards
    manager, staff = town.who["manager"], town.who["staff"]
    request = asks(town, first)
    assert {r.id for r in access.choosable(town.archive, manager, request)} == {first.id, second.id}
    assert all(r.owner is None and not r.fields for r in access.choosable(town.archive, manager, request))
    stranger = town.files("callback_record", house="5幢-602", owner="示例二")
    assert refusal(access.approve, town.archive, manager, request, records=[stranger.id]) == "not_in_dossier"
    access.approve(town.archive, manager, request, days=1, records=[second.id])
    assert reading.page_image(town.archive, staff, second.id, 2, 1, 400)
    assert refusal(reading.page_image, town.archive, staff, first.id, 2, 1, 400) == "needs_grant"


def test_a_copy_needs_a_grant_for_a_copy(town: Town, cards: tuple[Record, Record]) -> None:
    card = cards[0]
    staff, manager = town.who["staff"], town.who["manager"]
    grant = access.approve(town.archive, manager, asks(town, card, kind="copy"), kind="view")
    assert grant.kind == "view"
    assert refusal(copies.watermarked_copy, town.archive, staff, card.id, version=2) == "needs_copy_grant"
    access.revoke(town.archive, manager, grant.id, reason="换成副本")
    access.approve(town.archive, manager, asks(town, card, kind="copy"))
    made = copies.watermarked_copy(town.archive, staff, card.id, version=2)
    pages = PdfReader(BytesIO(made.content)).pages
    assert len(pages) == max(1, card.pages)
    assert pages[0].images
    assert not pages[0].extract_text().strip()  # pictures only: no words to copy out without the watermark
    entries = audit_view.entries(
        town.archive, town.who["auditor"], Wanted(event=Event.RECORD_COPIED.value)
    ).entries
    assert entries[0].detail["pages"] == [1, len(pages)]
    assert (
        refusal(copies.watermarked_copy, town.archive, staff, card.id, version=2, first=2, last=1)
        == "no_page"
    )


def test_a_copy_is_never_given_without_being_asked_for(town: Town, cards: tuple[Record, Record]) -> None:
    request = asks(town, cards[0])
    assert refusal(access.approve, town.archive, town.who["manager"], request, kind="copy") == "not_asked"


def test_a_request_can_be_taken_back_by_its_requester_only(town: Town, cards: tuple[Record, Record]) -> None:
    request = asks(town, cards[0])
    with pytest.raises(NotFound):
        access.withdraw(town.archive, town.who["manager"], request)
    assert access.withdraw(town.archive, town.who["staff"], request).state == "withdrawn"
    assert refusal(access.approve, town.archive, town.who["manager"], request) == "already_decided"


def with_emergencies(town: Town, hours: int = 2) -> Town:
    town.archive = replace(town.archive, pack=replace(town.archive.pack, emergency_hours=hours))
    return town


def urgent(town: Town, record: Record, who: str = "staff") -> str:
    return access.read_in_emergency(
        town.archive, town.who[who], target_kind="record", target=record.id, purpose="水管爆裂，找业主"
    ).request


def test_without_the_houses_leave_nobody_reads_first(town: Town, cards: tuple[Record, Record]) -> None:
    assert refusal(urgent, town, cards[0]) == "no_emergency"


def test_an_emergency_opens_at_once_ends_soon_and_waits_for_its_review(
    town: Town, cards: tuple[Record, Record]
) -> None:
    with_emergencies(town)
    staff, manager = town.who["staff"], town.who["manager"]
    request = urgent(town, cards[0])
    assert reading.page_image(town.archive, staff, cards[0].id, 2, 1, 400)
    assert refusal(urgent, town, cards[1]) == "review_waits"
    assert refusal(
        access.review_emergency, town.archive, staff, request, upheld=True, reason="我自己看过"
    ) in ("not_your_role", "own_request")
    assert (
        refusal(access.review_emergency, town.archive, manager, request, upheld=True, reason=" ")
        == "no_reason"
    )
    access.review_emergency(town.archive, manager, request, upheld=True, reason="属实")
    assert refusal(access.review_emergency, town.archive, manager, request, upheld=False, reason="x") == (
        "already_decided"
    )
    town.clock.forward(hours=2)
    assert refusal(reading.page_image, town.archive, staff, cards[0].id, 2, 1, 400) == "needs_grant"


def test_an_emergency_that_was_none_ends_with_the_review(town: Town, cards: tuple[Record, Record]) -> None:
    with_emergencies(town)
    request = urgent(town, cards[0])
    access.review_emergency(town.archive, town.who["manager"], request, upheld=False, reason="并不紧急")
    assert not reading.may_open(town.archive, town.who["staff"], cards[0].id)


def away(town: Town, deputy: str = "archivist", days: int = 3) -> Actor:
    today = town.clock.today()
    access.set_absence(
        town.archive,
        town.who["manager"],
        deputy=deputy,
        starts_on=today,
        ends_on=today + timedelta(days=days),
    )
    return people.actor_named(town.archive, deputy)


def test_a_deputy_decides_while_the_manager_is_away_and_not_after(
    town: Town, cards: tuple[Record, Record]
) -> None:
    request = asks(town, cards[0])
    assert refusal(access.approve, town.archive, town.who["archivist"], request) == "not_your_role"
    deputy = away(town)
    own = asks(town, cards[1], who="archivist")
    assert refusal(access.approve, town.archive, deputy, own) == "own_request"
    assert access.approve(town.archive, deputy, request).approved_by == deputy.id
    assert (
        refusal(
            access.set_absence,
            town.archive,
            deputy,
            deputy="staff",
            starts_on=date(2026, 3, 6),
            ends_on=date(2026, 3, 7),
        )
        == "not_your_role"
    )  # a deputy names no further deputy
    town.clock.forward(days=4)
    later = people.actor_named(town.archive, "archivist")
    assert refusal(access.refuse, town.archive, later, own, reason="x") == "not_your_role"


def test_a_deputy_has_nothing_else_of_the_manager(town: Town, cards: tuple[Record, Record]) -> None:
    deputy = away(town, "staff")
    assert refusal(people.list_people, town.archive, deputy) == "not_your_role"
    assert refusal(reading.page_image, town.archive, deputy, cards[0].id, 2, 1, 400) == "needs_grant"


def test_being_back_ends_it_and_officers_are_no_deputies(town: Town) -> None:
    away(town)
    ((absence, name),) = access.absences(town.archive, town.who["manager"])
    assert name == "示例archivist"
    access.end_absence(town.archive, town.who["manager"], absence.id)
    assert people.actor_named(town.archive, "archivist").deputy_roles == ()
    for deputy in ("auditor", "administrator", "manager"):
        assert refusal(away, town, deputy) == "bad_deputy"
    assert refusal(away, town, "archivist", -2) == "bad_date"


def test_only_the_roles_that_the_class_names_decide(town: Town, cards: tuple[Record, Record]) -> None:
    request = asks(town, cards[0])
    classes = dict(town.archive.pack.access_classes)
    classes["secret"] = replace(classes["secret"], approver_roles=("security_officer",))
    town.archive = replace(town.archive, pack=replace(town.archive.pack, access_classes=classes))
    assert refusal(access.approve, town.archive, town.who["manager"], request) == "not_approver"
