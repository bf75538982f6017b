"""Paper originals: put in places that move, lent, reminded of, late, returned, lost, and told in the register."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from archive.cli.main import cli
from archive.domain.audit_model import Event
from archive.domain.paper import LABEL, Loan, LoanState
from archive.domain.people import OPERATOR, Actor
from archive.domain.records import Record
from archive.services import access, paper, people, reading, work
from archive.services.errors import ArchiveError
from ingest.barcode import read_codes
from tests.builders import Town
from tests.integration.conftest import HOME


def refusal(act: object, *args: object, **more: object) -> str:
    with pytest.raises(ArchiveError) as told:
        act(*args, **more)  # type: ignore[operator]
    return told.value.code


@pytest.fixture
def card(town: Town) -> Record:
    """A secret record in an owner's file."""
    return town.files("owner_card", house=HOME, owner="示例一", text="独一无二")


@pytest.fixture
def box(town: Town) -> str:
    """The code of a box on a shelf in a cabinet in a room."""
    inside = None
    for kind, name in (("room", "一号库房"), ("cabinet", "甲柜"), ("shelf", "第一层"), ("box", "3栋")):
        (made,) = paper.add_place(town.archive, town.who["archivist"], kind=kind, name=name, inside=inside)
        inside = made.code
    assert inside == "B0001"
    return inside


def asks(town: Town, card: Record, who: str = "staff", days: int = 5) -> Loan:
    return paper.request_loan(
        town.archive,
        town.who[who],
        target_kind="record",
        target=card.id,
        purpose="带原件去房管局核对",
        days=days,
    )


def goes_out(town: Town, card: Record, who: str = "staff", days: int = 5) -> Loan:
    loan = asks(town, card, who, days)
    if loan.state is LoanState.OPEN:
        paper.approve(town.archive, town.who["manager"], loan.id)
    return paper.hand_out(town.archive, town.who["archivist"], loan.id)


def events(town: Town, prefix: str) -> list[str]:
    with town.archive.uow() as uow:
        return [e.event for e in uow.audit_entries() if e.event.startswith(prefix)]


def names(town: Town, card: Record, who: str = "archivist") -> list[str]:
    return [p.name for p in paper.whereabouts(town.archive, town.who[who], "record", card.id).path]


def test_a_paper_stands_where_its_box_stands(town: Town, card: Record, box: str) -> None:
    archivist = town.who["archivist"]
    paper.put(town.archive, archivist, target_kind="record", target=card.id, place=LABEL + box, note="第3本")
    assert names(town, card) == ["一号库房", "甲柜", "第一层", "3栋"]
    (other,) = paper.add_place(town.archive, archivist, kind="room", name="二号库房")
    paper.change_place(town.archive, archivist, box, inside=other.code, name="三栋")
    assert names(town, card) == ["二号库房", "三栋"]
    assert names(town, card, "staff") == []
    assert paper.place(town.archive, archivist, box).papers[0].note == "第3本"
    assert events(town, "place:") == ["place:added"] * 5 + ["place:changed"]


def test_a_record_lies_where_its_dossier_lies(town: Town, card: Record, box: str) -> None:
    assert card.dossier
    archivist = town.who["archivist"]
    paper.put(town.archive, archivist, target_kind="dossier", target=card.dossier, place=box)
    seen = paper.whereabouts(town.archive, archivist, "record", card.id)
    assert seen.of_dossier
    assert [p.code for p in seen.path][-1] == box


def test_places_that_cannot_be(town: Town, box: str) -> None:
    archivist = town.who["archivist"]
    add, change = paper.add_place, paper.change_place
    assert refusal(add, town.archive, archivist, kind="box", name="空") == "does_not_fit"
    assert refusal(add, town.archive, archivist, kind="shelf", name="层", inside=box) == "does_not_fit"
    assert refusal(add, town.archive, archivist, kind="tower", name="塔") == "bad_place"
    assert refusal(add, town.archive, archivist, kind="room", name=" ") == "no_place_name"
    assert refusal(add, town.archive, archivist, kind="room", name="x", number=0) == "bad_amount"
    assert refusal(change, town.archive, archivist, "R0001", inside=box) == "does_not_fit"
    assert refusal(change, town.archive, archivist, "B0009", name="x") == "not_found"
    for who in ("staff", "manager", "auditor", "administrator"):
        assert refusal(add, town.archive, town.who[who], kind="room", name="x") == "not_your_role"
    assert refusal(paper.place, town.archive, town.who["staff"]) == "not_your_role"


def test_a_printed_label_is_read_back_as_its_place(town: Town, box: str) -> None:
    archivist = town.who["archivist"]
    paper.add_place(town.archive, archivist, kind="box", name="盒<b>", inside="S0001", number=12)
    made = paper.labels(town.archive, archivist, ["S0001"], inside=True)
    pages = PdfReader(BytesIO(made.content)).pages
    assert len(pages) == 2
    picture = town.archive.reader()
    path = town.archive.home / "labels.pdf"
    path.write_bytes(made.content)
    image = cv2.imdecode(
        np.frombuffer(picture.render(path, "application/pdf", 1, 1600), np.uint8), cv2.IMREAD_COLOR
    )
    assert image is not None
    found = {c.text for c in read_codes(image)}
    assert found == {f"{LABEL}B{n:04d}" for n in range(1, 13)}
    assert refusal(paper.labels, town.archive, archivist, []) == "bad_amount"


def test_a_secret_original_is_lent_after_an_approval_and_comes_back(
    town: Town, card: Record, box: str
) -> None:
    staff, manager, archivist = (town.who[w] for w in ("staff", "manager", "archivist"))
    loan = asks(town, card)
    assert loan.state is LoanState.OPEN
    assert asks(town, card).id == loan.id  # asked twice: the one that waits
    assert refusal(paper.hand_out, town.archive, archivist, loan.id) == "wrong_step"
    assert refusal(paper.approve, town.archive, archivist, loan.id) == "not_your_role"
    paper.approve(town.archive, manager, loan.id, days=3)
    assert refusal(paper.approve, town.archive, manager, loan.id) == "wrong_step"
    assert refusal(paper.hand_out, town.archive, staff, loan.id) == "not_your_role"
    assert refusal(paper.hand_out, town.archive, manager, loan.id) == "not_your_role"
    out = paper.hand_out(town.archive, archivist, loan.id, to="示例送件人")
    assert (out.due_on, out.handed_to) == (date(2026, 3, 9), "示例送件人")
    assert paper.whereabouts(town.archive, archivist, "record", card.id).borrower == "示例staff"
    assert paper.whereabouts(town.archive, town.who["staff"], "record", card.id).borrower == ""
    back = paper.take_back(town.archive, archivist, loan.id, place=box, note="第3本")
    assert back.state is LoanState.RETURNED
    assert back.outcome.endswith("/ 3栋")
    assert names(town, card)[-1] == "3栋"
    assert events(town, "loan:") == ["loan:requested", "loan:approved", "loan:handed-out", "loan:returned"]
    assert refusal(paper.take_back, town.archive, archivist, loan.id) == "wrong_step"


def test_a_class_that_opens_by_role_needs_no_decision(town: Town) -> None:
    record = town.files("callback_record", house=HOME, owner="示例一")
    assert record.access_class == "internal"
    assert asks(town, record).state is LoanState.APPROVED


def test_nobody_approves_their_own_loan_nor_one_twice(town: Town, card: Record) -> None:
    own = asks(town, card, "manager")
    assert own.state is LoanState.OPEN
    assert refusal(paper.approve, town.archive, town.who["manager"], own.id) == "own_request"
    assert refusal(paper.refuse, town.archive, town.who["manager"], own.id, reason="不必了") == "own_request"
    town.with_person("manager2", "manager")
    assert paper.approve(town.archive, town.who["manager2"], own.id).state is LoanState.APPROVED


def test_refused_with_a_reason_or_taken_back_by_who_asked(town: Town, card: Record) -> None:
    manager = town.who["manager"]
    loan = asks(town, card)
    assert refusal(paper.refuse, town.archive, manager, loan.id, reason=" ") == "no_reason"
    assert refusal(paper.withdraw, town.archive, manager, loan.id) == "not_found"
    assert paper.refuse(town.archive, manager, loan.id, reason="看电子件即可").reason == "看电子件即可"
    again = asks(town, card)
    assert again.id != loan.id
    assert paper.withdraw(town.archive, town.who["staff"], again.id).state is LoanState.WITHDRAWN


def test_what_is_out_is_not_lent_again_nor_a_dossier_of_which_something_is_out(
    town: Town, card: Record
) -> None:
    second = asks(town, card, "archivist")
    paper.approve(town.archive, town.who["manager"], second.id)
    loan = goes_out(town, card)
    assert refusal(paper.hand_out, town.archive, town.who["archivist"], second.id) == "paper_out"
    whole = paper.request_loan(
        town.archive,
        town.who["staff"],
        target_kind="dossier",
        target=str(card.dossier),
        purpose="整卷核对",
        days=2,
    )
    paper.approve(town.archive, town.who["manager"], whole.id)
    assert refusal(paper.hand_out, town.archive, town.who["archivist"], whole.id) == "paper_out"
    paper.take_back(town.archive, town.who["archivist"], loan.id)
    assert paper.hand_out(town.archive, town.who["archivist"], whole.id).state is LoanState.OUT
    assert refusal(paper.hand_out, town.archive, town.who["archivist"], second.id) == "paper_out"


def test_the_daily_job_reminds_and_then_says_that_it_is_late(town: Town, card: Record) -> None:
    loan = goes_out(town, card, days=5)
    for _ in range(10):
        work.enqueue_daily(town.archive)
        town.works()
        town.clock.forward(days=1)
    assert events(town, "loan:rem") == ["loan:reminded"]
    assert events(town, "loan:over") == ["loan:overdue"]
    (late,) = paper.loans(town.archive, town.who["manager"], late=True)
    assert (late.loan.id, late.loan.state) == (loan.id, LoanState.OVERDUE)
    assert late.days_late == (town.clock.today() - date(2026, 3, 11)).days
    assert paper.desk_of(town.archive, town.who["archivist"]).late
    assert paper.take_back(town.archive, town.who["archivist"], loan.id).state is LoanState.RETURNED
    assert not paper.loans(town.archive, town.who["manager"], late=True)


def test_a_lost_original_is_not_lent_until_it_was_found(town: Town, card: Record, box: str) -> None:
    archivist = town.who["archivist"]
    loan = goes_out(town, card)
    assert refusal(paper.report_lost, town.archive, archivist, loan.id, reason="") == "no_reason"
    lost = paper.report_lost(town.archive, archivist, loan.id, reason="在路上遗失，已报告经理")
    assert lost.state is LoanState.LOST
    assert paper.whereabouts(town.archive, archivist, "record", card.id).lost_at
    assert refusal(asks, town, card) == "paper_lost"
    paper.put(town.archive, archivist, target_kind="record", target=card.id, place=box)
    assert paper.whereabouts(town.archive, archivist, "record", card.id).lost_at is None
    assert asks(town, card).state is LoanState.OPEN


def test_a_leavers_loans_are_listed_until_they_are_settled(town: Town, card: Record) -> None:
    administrator = town.who["administrator"]
    loan = goes_out(town, card)
    people.disable_person(town.archive, administrator, "staff")
    assert [one.id for one in people.unsettled(town.archive, administrator, "staff").loans] == [loan.id]
    paper.take_back(town.archive, town.who["archivist"], loan.id)
    assert not people.unsettled(town.archive, administrator, "staff")


def test_others_see_no_loan_of_mine_and_the_machine_borrows_nothing(town: Town, card: Record) -> None:
    loan = asks(town, card)
    town.with_person("staff2", "staff")
    assert refusal(paper.loan, town.archive, town.who["staff2"], loan.id) == "not_your_role"
    assert paper.loans(town.archive, town.who["staff2"]) == []
    assert refusal(paper.loans, town.archive, town.who["administrator"]) == "not_your_role"
    assert refusal(paper.approve, town.archive, OPERATOR, loan.id) == "not_your_role"
    with pytest.raises(ArchiveError):
        paper.request_loan(
            town.archive, OPERATOR, target_kind="record", target=card.id, purpose="看一看", days=1
        )


def reads(town: Town, card: Record, who: Actor) -> None:
    request = access.request_access(
        town.archive, who, target_kind="record", target=card.id, purpose="核对电话", days=2
    )
    access.approve(town.archive, town.who["manager"], request.id)
    for _ in range(2):
        reading.page_image(town.archive, who, card.id, 2, 1, 400)


@pytest.mark.parametrize("kind", ["record", "dossier", "house"])
def test_the_register_joins_the_screen_and_paper(town: Town, card: Record, kind: str) -> None:
    reads(town, card, town.who["staff"])
    town.clock.forward(days=1)
    loan = goes_out(town, card)
    town.clock.forward(days=1)
    paper.take_back(town.archive, town.who["archivist"], loan.id)
    goes_nowhere = asks(town, card, "archivist")
    target = {"record": card.id, "dossier": card.dossier, "house": card.house}[kind]
    register = paper.reading_register(town.archive, town.who["auditor"], kind, str(target))
    assert [(r.kind, r.on, r.purpose) for r in register.rows] == [
        ("screen", date(2026, 3, 6), "核对电话"),
        ("paper", date(2026, 3, 7), "带原件去房管局核对"),
    ]
    assert register.rows[0].pages == (1,)
    assert {r.approved_by for r in register.rows} == {"示例manager"}
    assert register.rows[1].back == date(2026, 3, 8)
    assert goes_nowhere.state is LoanState.OPEN
    for who in ("staff", "administrator"):
        assert (
            refusal(paper.reading_register, town.archive, town.who[who], kind, str(target)) == "not_your_role"
        )
    assert refusal(paper.reading_register, town.archive, town.who["auditor"], kind, "x") == "not_found"
    with town.archive.uow() as uow:
        refused = [e.detail["action"] for e in uow.audit_entries(event=Event.REFUSED.value)]
    assert refused == ["register.read"] * 2


def test_commands_do_what_pages_do(
    town: Town, card: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.cli.paper.open_archive", lambda: town.archive)

    def dangan(*words: str) -> list[dict[str, object]]:
        done = CliRunner().invoke(cli, [*words, "--json"], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return [json.loads(line) for line in done.stdout.splitlines()]

    assert dangan("place", "add", "一号库房", "--kind", "room")[0]["place"] == "R0001"
    dangan("place", "add", "盒", "--kind", "box", "--in", "R0001", "--number", "2")
    assert [p["place"] for p in dangan("place", "list")] == ["R0001", "B0001", "B0002"]
    dangan("place", "change", "B0002", "--name", "三栋")
    assert dangan("place", "put", card.id, "B0002")[0]["place"] == "B0002"
    made = tmp_path / "labels.pdf"
    dangan("place", "labels", "R0001", "--inside", "-o", str(made))
    assert made.read_bytes().startswith(b"%PDF")
    (asked,) = dangan("loan", "request", card.id, "--purpose", "核对原件", "--as", "staff")
    loan = str(asked["loan"])
    assert dangan("loan", "approve", loan, "--days", "2", "--as", "manager")[0]["state"] == "approved"
    assert dangan("loan", "hand-out", loan, "--due", "2026-03-07", "--as", "archivist")[0]["state"] == "out"
    town.clock.forward(days=3)
    (late,) = dangan("loan", "list", "--late")
    assert (late["borrower"], late["days_late"], late["place"]) == ("staff", 2, "B0002")
    assert dangan("loan", "lost", loan, "--reason", "在路上遗失", "--as", "archivist")[0]["state"] == "lost"
    dangan("place", "put", card.id, "B0001")
    (again,) = dangan("loan", "request", card.id, "--purpose", "核对原件", "--as", "staff")
    assert dangan("loan", "withdraw", str(again["loan"]), "--as", "staff")[0]["state"] == "withdrawn"
