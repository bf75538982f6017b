"""What each person sees and does not see, through pages and API alike."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest

from tests.unit.archive.web.conftest import PEOPLE, Browser, Site

Person = Callable[[str], Browser]
Bearer = Callable[[str], httpx.Client]

ROOMS = {
    "staff": {"/find", "/houses", "/forms", "/documents", "/access", "/settings"},
    "archivist": {
        "/find",
        "/intake",
        "/houses",
        "/forms",
        "/documents",
        "/access",
        "/retention",
        "/settings",
    },
    "manager": {"/find", "/intake", "/houses", "/forms", "/documents", "/access", "/retention", "/settings"},
    "auditor": {"/access", "/retention", "/audit", "/settings"},
    "administrator": {"/houses", "/settings"},
}
ALL = set().union(*ROOMS.values())


@pytest.mark.parametrize("role", PEOPLE)
def test_the_menu_shows_what_may_be_done_and_all_of_it_works(browser: Person, role: str) -> None:
    home = browser(role).get("/").text
    menu = set(re.findall(r'<li><a href="(/\w+)"', home))
    assert menu == ROOMS[role]
    for room in menu:
        assert browser(role).get(room).status_code == 200, room


@pytest.mark.parametrize("role", PEOPLE)
def test_rooms_that_are_not_shown_are_shut(browser: Person, role: str) -> None:
    open_to_all = {"/access", "/settings"}  # one's own requests; the record types of the house
    for room in ALL - ROOMS[role] - open_to_all:
        answer = browser(role).get(room)
        assert answer.status_code == 403, room
        assert "not_your_role" in answer.text


def test_a_secret_is_known_but_says_nothing(site: Site, browser: Person, bearer: Bearer) -> None:
    secret = site.records["owner_card"]
    page = browser("staff").get("/find", q="翡翠鸟")
    assert f"/records/{secret}" in page.text
    assert "<mark>" not in page.text
    assert page.text.count("翡翠鸟") == page.text.count('value="翡翠鸟"') + page.text.count("<title>翡翠鸟")
    answer = bearer("staff").get("/api/v1/search", params={"q": "翡翠鸟"}).json()
    assert answer["total"] == 1
    assert answer["hits"][0]["restricted"] is True
    assert answer["hits"][0]["snippet"] is None
    for path in ("pages/1.jpg?version=1", "text", "original"):
        assert browser("staff").get(f"/records/{secret}/{path}").status_code == 403, path
        assert bearer("staff").get(f"/api/v1/records/{secret}/{path}").status_code == 403, path
    shown = bearer("staff").get(f"/api/v1/records/{secret}").text
    assert "黄一鸣" not in shown


def test_asking_approving_reading_and_its_traces(site: Site, browser: Person, bearer: Bearer) -> None:
    secret = site.records["owner_card"]
    asked = browser("staff").post(
        "/access/requests", target_kind="record", target=secret, purpose="核对联系电话", days="2"
    )
    assert asked.status_code == 200
    request = asked.url.path.removeprefix("/access/")
    assert "核对联系电话" in browser("manager").get("/").text
    refused = bearer("staff").post(f"/api/v1/requests/{request}/approve", json={})
    assert refused.status_code == 403
    approved = browser("manager").post(f"/access/{request}/approve", days="1")
    assert approved.status_code == 200
    page = browser("staff").get(f"/records/{secret}")
    assert "data-until" in page.text
    assert "翡翠鸟" not in page.text
    assert "/original" not in page.text
    image = browser("staff").get(f"/records/{secret}/pages/1.jpg?version=1")
    assert image.headers["content-type"] == "image/jpeg"
    assert image.headers["cache-control"] == "no-store"
    assert browser("staff").get(f"/records/{secret}/original").status_code == 403
    shown = bearer("staff").get(f"/api/v1/records/{secret}").json()["record"]
    assert "owner" not in shown
    assert "fields" not in shown
    watched = bearer("manager").get(f"/api/v1/requests/{request}").json()
    assert [r["page"] for r in watched["opened"]] == [1]
    log = browser("auditor").get("/audit", event="page:viewed").text
    assert secret in log
    assert PEOPLE["staff"] in log
    ended = browser("manager").post(
        f"/access/{request}/revoke", grant=watched["grant"]["id"], reason="已核对"
    )
    assert ended.status_code == 200
    assert browser("staff").get(f"/records/{secret}/pages/1.jpg?version=1").status_code == 403


def test_a_manager_does_not_decide_on_their_own_request(site: Site, browser: Person) -> None:
    asked = browser("manager").post(
        "/access/requests", target_kind="record", target=site.records["owner_card"], purpose="抽查", days="1"
    )
    answer = browser("manager").post(f"{asked.url.path}/approve", days="1")
    assert answer.status_code == 403
    assert "own_request" in answer.text


def test_refusals_at_the_door_are_in_the_audit_log(browser: Person) -> None:
    browser("staff").get("/audit")
    log = browser("auditor").get("/audit", event="access:refused").text
    assert PEOPLE["staff"] in log


def test_the_log_verifies_on_page_and_api(browser: Person, bearer: Bearer) -> None:
    auditor = browser("auditor")
    headers = {"X-CSRF-Token": auditor.csrf, "HX-Request": "true"}
    assert "tone-good" in auditor.client.post("/audit/verify", headers=headers).text
    assert bearer("auditor").get("/api/v1/audit/verify").json()["ok"] is True
