"""What protects a person at the screen: headers, cookies, form tokens, and nothing hostile coming back alive."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest

from archive.web import pages
from archive.web.rendering import came_from
from archive.web.security import CONTENT_POLICY, SAFE_METHODS
from tests.unit.archive.web.conftest import PASSWORD, Browser, Site, plain_client, token_in

Person = Callable[[str], Browser]
UNSAFE = [
    (method, route.path)
    for router in (*pages.ROUTERS, *pages.UPLOADS)
    for route in router.routes
    for method in route.methods - SAFE_METHODS
]


@pytest.mark.parametrize(
    "path", ["/sign-in", "/", "/no-such-page", "/api/v1/health", "/static/css/dangan.css"]
)
def test_every_answer_carries_the_headers(stranger: httpx.Client, path: str) -> None:
    headers = stranger.get(path).headers
    assert headers["content-security-policy"] == CONTENT_POLICY
    assert "unsafe" not in CONTENT_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"


def test_only_static_files_may_be_stored(site: Site, browser: Person, stranger: httpx.Client) -> None:
    for path in ("/", "/find?q=电梯", f"/records/{site.records['callback_record']}", "/access"):
        assert browser("staff").get(path).headers["cache-control"] == "no-store"
    assert "immutable" in stranger.get("/static/css/dangan.css?v=1").headers["cache-control"]


def test_the_session_cookie_is_closed(site: Site) -> None:
    with plain_client(site.address) as client:
        form = token_in(client.get("/sign-in").text)
        answer = client.post("/sign-in", data={"csrf": form, "name": "staff", "password": PASSWORD})
        cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("dangan_session="))
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert answer.status_code == 303


@pytest.mark.parametrize(("method", "path"), UNSAFE, ids=[p for _, p in UNSAFE])
def test_no_form_works_without_its_token(site: Site, browser: Person, method: str, path: str) -> None:
    address = re.sub(r"{(\w+)(:path)?}", "x", path)
    for given in ({}, {"csrf": "0" * 64}):
        answer = browser("manager").client.request(method, address, data=given)
        assert answer.status_code in (403, 422), answer.status_code
        if answer.status_code == 422:  # a required field is missing: then with it
            fields = {
                "name": "x",
                "password": "x",
                "old": "x",
                "new": "x",
                "again": "x",
                "code": "x",
                "session": "x",
                "token": "x",
                "title": "x",
                "target_kind": "record",
                "target": "x",
                "deputy": "x",
                "starts_on": "2026-01-01",
                "ends_on": "2026-01-02",
                "absence": "x",
                "upheld": "yes",
                "version": "1",
                "purpose": "xx",
                "days": "1",
                "type": "sale",
                "on": "2024-01-01",
            }
            more = {
                "reason": "x",
                "grant": "x",
                "house": "x",
                "display_name": "x",
                "owner": "x",
                "tenant": "x",
            }
            files = {"file": ("x.csv", b"x")} if path == "/estate/imports" else None
            answer = browser("manager").client.request(
                method, address, data={**fields, **more, **given}, files=files
            )
        assert answer.status_code == 403, answer.text
        assert "form_expired" in answer.text


def test_a_token_of_another_session_does_not_work(browser: Person) -> None:
    other = browser("archivist").csrf
    answer = browser("manager").client.post("/access/x/approve", data={"csrf": other, "days": "1"})
    assert answer.status_code == 403


def test_the_api_takes_no_cookie(browser: Person) -> None:
    assert browser("archivist").get("/api/v1/search?q=电梯").status_code == 401


@pytest.mark.parametrize(
    "target", ["//evil.example/x", "https://evil.example", "/\\evil.example", "\\\\e", "/a\nb"]
)
def test_no_way_leads_elsewhere(target: str) -> None:
    assert came_from(target) == "/"


def test_ways_back_are_kept() -> None:
    assert came_from("/find?q=%E5%9B%9E") == "/find?q=%E5%9B%9E"


def test_hostile_names_and_texts_are_shown_as_text(site: Site, browser: Person) -> None:
    archivist = browser("archivist")
    for page in ("/intake", "/intake/odd", f"/records/{site.records['unknown']}", "/verify"):
        shown = archivist.get(page)
        assert shown.status_code == 200, page
        assert "<img src=x" not in shown.text, page
    assert "&lt;img src=x onerror" in archivist.get("/intake/odd").text
    found = archivist.get("/find", q="电梯").text
    assert "&lt;b&gt;" in found
    assert "<b>电梯" not in found
    echoed = archivist.get("/find", q='"><script>alert(1)</script>').text
    assert "<script>alert" not in echoed


def test_a_file_is_only_ever_saved(site: Site, browser: Person) -> None:
    answer = browser("archivist").get(f"/records/{site.records['callback_record']}/original")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")


def test_sign_in_says_the_same_for_a_wrong_name_and_a_wrong_password(site: Site) -> None:
    said = []
    for name in ("manager", "nobody-of-this-name"):
        with plain_client(site.address) as client:
            form = token_in(client.get("/sign-in").text)
            answer = client.post("/sign-in", data={"csrf": form, "name": name, "password": "wrong-wrong"})
            assert answer.status_code == 403
            said.append(re.sub(r'value="[^"]*"|content="[^"]*"', "", answer.text))
    assert said[0] == said[1]
