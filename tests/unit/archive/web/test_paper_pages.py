"""Places, loans and the printed register on pages: what each person may do there, and nothing more."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from archive.services import access, paper
from tests.unit.archive.web.conftest import Browser, Site

Person = Callable[[str], Browser]
NAME = '<script>alert("盒")</script>'


def test_a_place_is_added_labelled_found_by_its_code_and_named_harmlessly(browser: Person) -> None:
    archivist = browser("archivist")
    archivist.post("/places", name="东库房", kind="room")
    room = re.findall(
        r'href="/places/(\w+)"><span class="line-main"><strong>东库房', archivist.get("/places").text
    )[0]
    made = archivist.post("/places", name=NAME, kind="box", inside=room, number="2")
    assert made.status_code == 200
    assert NAME not in made.text
    assert "&lt;script&gt;" in made.text
    code = re.findall(r"B\d{4}", made.text)[0]
    assert code in archivist.get("/places", code=f"dangan-place:{code}").text
    pdf = archivist.get("/places/labels", place=room, inside="true")
    assert pdf.content.startswith(b"%PDF")
    assert archivist.post("/places", name="x", kind="shelf", inside=code).status_code == 422
    assert archivist.get("/places/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("staff", "/loans", 200),
        ("staff", "/places", 403),
        ("manager", "/places", 200),
        ("auditor", "/loans", 200),
        ("auditor", "/places", 200),
        ("administrator", "/loans", 403),
        ("administrator", "/places", 403),
    ],
)
def test_who_sees_places_and_loans(browser: Person, role: str, path: str, status: int) -> None:
    assert browser(role).get(path).status_code == status


def test_only_the_archivist_keeps_paper(browser: Person, site: Site) -> None:
    for role in ("staff", "manager", "auditor", "administrator"):
        for path in ("/places", "/papers", "/loans/x/hand-out", "/loans/x/return", "/loans/x/lost"):
            sent = browser(role).post(
                path, name="x", kind="room", target_kind="record", target="x", place="R0001", reason="丢了"
            )
            assert sent.status_code == 403, (role, path)
    with site.archive.uow() as uow:
        assert not [e for e in uow.audit_entries() if e.event == "paper:put"]


def test_a_loan_goes_its_way_over_the_pages(browser: Person, site: Site) -> None:
    staff, manager, archivist = (browser(r) for r in ("staff", "manager", "archivist"))
    card = site.records["owner_card"]
    assert "借阅纸质原件" in staff.get(f"/records/{card}").text
    asked = staff.post("/loans", target_kind="record", target=card, purpose="<b>核对</b>", days="3")
    loan = str(asked.url).rsplit("/", 1)[1]
    assert "待审批" in asked.text
    assert "<b>核对</b>" not in asked.text
    assert staff.post(f"/loans/{loan}/approve", days="3").status_code == 403
    assert loan in manager.get("/").text
    assert "待领取" in manager.post(f"/loans/{loan}/approve", days="2").text
    assert loan in archivist.get("/").text
    out = archivist.post(f"/loans/{loan}/hand-out", to="", due="")
    assert "应还日期" in out.text
    assert "在林小雨手中" in archivist.get(f"/records/{card}").text
    assert "在林小雨手中" not in staff.get(f"/records/{card}").text
    assert "Due back" in archivist.get(f"/loans/{loan}").text or "应还日期" in out.text
    assert archivist.post(f"/loans/{loan}/hand-out").status_code == 409
    house = manager.get("/houses/翠湖花园/3-2-1203").text
    assert "/reading-register?kind=house" in house
    for kind, target in (("house", "翠湖花园/3-2-1203"), ("record", card)):
        register = manager.get("/reading-register", kind=kind, target=target)
        assert "纸质原件" in register.text
        assert "&lt;b&gt;核对" in register.text
        assert staff.get("/reading-register", kind=kind, target=target).status_code == 403
    assert "已归还" in archivist.post(f"/loans/{loan}/return", place="").text
    assert archivist.post(f"/loans/{loan}/lost", reason="不见了").status_code == 409


def test_everything_a_leaver_holds_is_on_their_account(browser: Person, site: Site) -> None:
    record = site.records["callback_record"]
    loan = paper.request_loan(
        site.archive, site.actors["staff"], target_kind="record", target=record, purpose="对照原件", days=1
    )
    assert "对照原件" in browser("administrator").get("/people/staff").text
    paper.withdraw(site.archive, site.actors["staff"], loan.id)
    assert "对照原件" not in browser("administrator").get("/people/staff").text
    assert access.requests(site.archive, site.actors["staff"], mine=True, state="open") == []
