"""Accounts: joining, the second factor, tokens, changing and leaving."""

from __future__ import annotations

import pyotp
import pytest

from archive.domain.people import Actor
from archive.services import access, intake, people
from archive.services.errors import BadInput, NotFound, Refused
from tests.builders import PASSWORD, Town

NEW = "quite-another-1"


def enters(town: Town, name: str, password: str = PASSWORD, code: str = "") -> people.Entry:
    return people.sign_in(town.archive, name, password, address="127.0.0.1", user_agent="test", code=code)


def refusal(act: object, *args: object, **more: object) -> str:
    with pytest.raises((Refused, BadInput)) as told:
        act(*args, **more)  # type: ignore[operator]
    return str(told.value.code)


@pytest.fixture
def device(town: Town) -> pyotp.TOTP:
    """The staff's authenticator app, switched on."""
    staff = town.who["staff"]
    made = people.begin_factor(town.archive, staff, PASSWORD)
    app = pyotp.TOTP(made.secret)
    town.recovery = people.confirm_factor(town.archive, staff, app.at(town.clock.now()))  # type: ignore[attr-defined]
    town.clock.forward(seconds=60)
    return app


def test_a_temporary_password_opens_nothing_but_its_own_change(town: Town) -> None:
    people.reset_password(town.archive, town.who["administrator"], "staff", NEW)
    actor = people.actor_of(town.archive, enters(town, "staff", NEW).token)
    assert actor is not None
    assert actor.new_password
    people.change_password(town.archive, actor, NEW, PASSWORD)
    again = people.actor_of(town.archive, enters(town, "staff").token)
    assert again is not None
    assert not again.new_password


def test_changing_the_password_ends_the_other_sessions(town: Town) -> None:
    here, there = enters(town, "staff").token, enters(town, "staff").token
    staff = town.who["staff"]
    assert refusal(people.change_password, town.archive, staff, "wrong-old-one", NEW) == "wrong_password"
    assert refusal(people.change_password, town.archive, staff, PASSWORD, "short") == "short_password"
    assert refusal(people.change_password, town.archive, staff, PASSWORD, PASSWORD) == "same_password"
    people.change_password(town.archive, staff, PASSWORD, NEW, session=people.this_session(here))
    assert people.actor_of(town.archive, here) is not None
    assert people.actor_of(town.archive, there) is None


def test_a_password_given_again_is_throttled_too(town: Town) -> None:
    staff = town.who["staff"]
    for _ in range(5):
        assert refusal(people.check_password, town.archive, staff, "guess") == "wrong_password"
    assert refusal(people.check_password, town.archive, staff, PASSWORD) == "sign_in_throttled"
    town.clock.forward(minutes=2)
    assert people.check_password(town.archive, staff, PASSWORD).id == staff.id


def test_with_a_second_factor_the_password_alone_opens_nothing(town: Town, device: pyotp.TOTP) -> None:
    entry = enters(town, "staff")
    assert entry.half
    assert people.actor_of(town.archive, entry.token) is None
    assert people.half_open(town.archive, entry.token)
    assert refusal(people.finish_sign_in, town.archive, entry.token, "000000") == "wrong_code"
    whole = people.finish_sign_in(town.archive, entry.token, device.at(town.clock.now()))
    assert whole.token != entry.token  # nobody who knew the half session has the whole one
    assert people.actor_of(town.archive, whole.token) is not None
    assert refusal(people.finish_sign_in, town.archive, entry.token, "000000") == "sign_in_expired"


def test_a_code_counts_once(town: Town, device: pyotp.TOTP) -> None:
    code = device.at(town.clock.now())
    assert not enters(town, "staff", code=code).half
    assert refusal(enters, town, "staff", code=code) == "wrong_code"
    town.clock.forward(seconds=30)
    assert not enters(town, "staff", code=device.at(town.clock.now())).half


def test_codes_of_a_slow_clock_count_and_older_ones_do_not(town: Town, device: pyotp.TOTP) -> None:
    town.clock.forward(minutes=5)
    assert refusal(enters, town, "staff", code=device.at(town.clock.now(), counter_offset=-3)) == "wrong_code"
    assert not enters(town, "staff", code=device.at(town.clock.now(), counter_offset=-1)).half


def test_guessing_codes_is_throttled(town: Town, device: pyotp.TOTP) -> None:
    entry = enters(town, "staff")
    for _ in range(5):
        assert refusal(people.finish_sign_in, town.archive, entry.token, "000000") == "wrong_code"
    right = device.at(town.clock.now())
    assert refusal(people.finish_sign_in, town.archive, entry.token, right) == "sign_in_throttled"


def test_a_recovery_code_opens_once(town: Town, device: pyotp.TOTP) -> None:
    code = town.recovery[0]  # type: ignore[attr-defined]
    assert not enters(town, "staff", code=code).half
    assert refusal(enters, town, "staff", code=code) == "wrong_code"


def test_the_administrator_frees_who_lost_the_device(town: Town, device: pyotp.TOTP) -> None:
    assert refusal(people.reset_factor, town.archive, town.who["manager"], "staff") == "not_your_role"
    people.reset_factor(town.archive, town.who["administrator"], "staff")
    assert not enters(town, "staff").half


def token_of(town: Town, who: str, *scope: str, days: int = 30) -> str:
    made, _ = people.make_token(town.archive, town.who[who], PASSWORD, title="扫描仪", scope=scope, days=days)
    return made


def bearer(town: Town, token: str) -> Actor:
    actor = people.actor_of(town.archive, token)
    assert actor is not None
    return actor


def test_a_token_does_what_its_scope_says_and_nothing_else(town: Town) -> None:
    scanner = bearer(town, token_of(town, "archivist", "record.file", "intake.see"))
    assert scanner.id == town.who["archivist"].id
    town.who["scanner"] = scanner
    assert town.receives(b"from the scanner").state == "waiting"
    assert refusal(access.requests, town.archive, scanner, mine=True) == "not_your_role"
    assert refusal(
        people.make_token, town.archive, scanner, PASSWORD, title="x", scope=("search",), days=1
    ) == ("not_in_scope")
    assert intake.recent_batches(town.archive, scanner)


def test_a_token_never_has_more_than_its_person_and_never_decides(town: Town) -> None:
    for who, action in (
        ("staff", "record.file"),
        ("manager", "access.decide"),
        ("manager", "document.approve"),
    ):
        assert refusal(token_of, town, who, action) == "not_in_scope"
    assert refusal(token_of, town, "staff", "search", days=1000) == "bad_days"
    token = token_of(town, "archivist", "record.file")
    people.change_roles(town.archive, town.who["administrator"], "archivist", ("staff",))
    actor = bearer(town, token)
    assert refusal(intake.receive_file, town.archive, actor, None, "x", batch="b") == "not_your_role"


def test_tokens_end(town: Town) -> None:
    token = token_of(town, "staff", "search", days=2)
    (row,) = people.tokens(town.archive, town.who["staff"])
    with pytest.raises(NotFound):
        people.revoke_token(town.archive, town.who["manager"], row.id)
    people.revoke_token(town.archive, town.who["staff"], row.id)
    assert people.actor_of(town.archive, token) is None
    other = token_of(town, "staff", "search", days=2)
    town.clock.forward(days=3)
    assert people.actor_of(town.archive, other) is None


def test_a_leaver_is_out_and_what_they_hold_is_listed(town: Town) -> None:
    card = town.files("owner_card", house="3栋2单元1203", owner="示例一")
    token = token_of(town, "staff", "search")
    asked = access.request_access(
        town.archive, town.who["staff"], target_kind="record", target=card.id, purpose="核对", days=5
    )
    access.approve(town.archive, town.who["manager"], asked.id)
    administrator = town.who["administrator"]
    people.disable_person(town.archive, administrator, "staff")
    assert people.actor_of(town.archive, token) is None
    left = people.unsettled(town.archive, administrator, "staff")
    assert [g.request for g in left.grants] == [asked.id]
    access.revoke(town.archive, town.who["manager"], left.grants[0].id, reason="离任")
    assert not people.unsettled(town.archive, administrator, "staff")
    people.enable_person(town.archive, administrator, "staff")
    assert not enters(town, "staff").half


def test_officers_stay_three_people_and_nobody_changes_oneself(town: Town) -> None:
    administrator = town.who["administrator"]
    assert (
        refusal(people.change_roles, town.archive, administrator, "auditor", ("auditor", "administrator"))
        == "roles_exclude"
    )
    for act in (people.disable_person, people.reset_password):
        more = (NEW,) if act is people.reset_password else ()
        assert refusal(act, town.archive, administrator, "administrator", *more) == "own_account"
    assert (
        refusal(people.change_roles, town.archive, administrator, "administrator", ("staff",))
        == "own_account"
    )


def test_one_ends_only_ones_own_sessions(town: Town) -> None:
    token = enters(town, "staff").token
    (open_one,) = people.sessions(town.archive, town.who["staff"])
    with pytest.raises(NotFound):
        people.end_session(town.archive, town.who["manager"], open_one.id)
    people.end_session(town.archive, town.who["staff"], open_one.id)
    assert people.actor_of(town.archive, token) is None
