"""Attacks over the network, each tried as an attacker would."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import httpx
import pytest

from archive.domain.people import Person as Account
from archive.services import audit_view
from archive.services.audit_view import Wanted
from tests.unit.archive.web.conftest import PASSWORD, Browser, Site, plain_client, token_in

Person = Callable[[str], Browser]
Bearer = Callable[[str], httpx.Client]


def segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_session_chosen_by_another_is_not_signed_in(site: Site) -> None:
    """Session fixation: what a browser carried before signing in is worth nothing after it."""
    planted = "A" * 43
    with plain_client(site.address, cookies={"dangan_session": planted}) as client:
        form = token_in(client.get("/sign-in").text)
        answer = client.post("/sign-in", data={"csrf": form, "name": "staff", "password": PASSWORD})
        fresh = [c for c in answer.headers.get_list("set-cookie") if c.startswith("dangan_session=")]
    assert answer.status_code == 303
    assert len(fresh) == 1
    assert planted not in fresh[0]
    with plain_client(site.address, cookies={"dangan_session": planted}) as attacker:
        assert attacker.get("/").headers["location"].startswith("/sign-in")


def test_signing_in_twice_gives_two_sessions_and_signing_out_ends_one_for_good(site: Site) -> None:
    tokens = []
    for _ in range(2):
        with plain_client(site.address) as client:
            form = token_in(client.get("/sign-in").text)
            client.post("/sign-in", data={"csrf": form, "name": "staff", "password": PASSWORD})
            tokens.append(client.cookies["dangan_session"])
    assert len(set(tokens)) == 2
    with plain_client(site.address, cookies={"dangan_session": tokens[0]}) as client:
        client.post("/sign-out", data={"csrf": token_in(client.get("/").text)})
    with plain_client(site.address, cookies={"dangan_session": tokens[0]}) as replayed:
        assert replayed.get("/").status_code == 303
    with plain_client(site.address, cookies={"dangan_session": tokens[1]}) as other:
        assert other.get("/").status_code == 200


@pytest.mark.parametrize("header", ["host", "x-forwarded-host", "forwarded"])
def test_a_host_header_reaches_no_answer(site: Site, browser: Person, header: str) -> None:
    value = "host=evil.example" if header == "forwarded" else "evil.example"
    for path in ("/", "/sign-in", "/find?q=x", "/access", "/no-such-page"):
        answer = browser("staff").client.get(path, headers={header: value}, follow_redirects=False)
        assert "evil.example" not in answer.text, path
        assert "evil.example" not in answer.headers.get("location", ""), path
    with plain_client(site.address) as stranger:
        answer = stranger.get("/access", headers={header: value})
        assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    "header",
    ["X-Remote-User", "Remote-User", "X-Forwarded-User", "X-Auth-Request-User", "X-User", "X-WEBAUTH-USER"],
)
def test_a_name_in_a_header_signs_nobody_in(stranger: httpx.Client, site: Site, header: str) -> None:
    for name in ("administrator", site.actors["administrator"].id):
        assert stranger.get("/people/staff", headers={header: name}).status_code == 303
        assert stranger.get("/api/v1/audit", headers={header: name}).status_code == 401


def test_no_token_of_ones_own_making_is_taken(stranger: httpx.Client, site: Site) -> None:
    """JWT confusion: tokens are looked up, never believed."""
    claims = {"sub": site.actors["auditor"].id, "name": "auditor", "roles": ["auditor"], "exp": 4102444800}
    for algorithm in ("none", "None", "HS256", "RS256"):
        head = segment({"alg": algorithm, "typ": "JWT"})
        for signature in ("", "x", segment("signed")):
            token = f"{head}.{segment(claims)}.{signature}"
            for scheme in ("Bearer", "bearer", "JWT", "Basic"):
                answer = stranger.get("/api/v1/audit", headers={"Authorization": f"{scheme} {token}"})
                assert answer.status_code == 401
    for odd in ("Bearer", "Bearer null", "Bearer " + "x" * 5000, "Bearer ' OR 1=1 --"):
        assert stranger.get("/api/v1/audit", headers={"Authorization": odd}).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../archive/web/app.py",
        "/static/..%2f..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static/css/..%5c..%5capp.py",
        "/records/..%2f..%2fkeys%2faudit-signing-key.pem/original",
        "/records/%00/original",
        "/audit/checkpoints/..%2f..%2faudit-signing-key.pem",
        "/audit/log.%2e%2e%2fkeys",
    ],
)
def test_no_path_leads_out(browser: Person, path: str) -> None:
    for role in ("staff", "auditor"):
        answer = browser(role).client.get(path, follow_redirects=False)
        assert answer.status_code in (403, 404, 422), (role, answer.status_code)
        assert "PRIVATE KEY" not in answer.text
        assert "create_app" not in answer.text


@pytest.mark.parametrize(
    "path", ["/audit?subject=%00", "/api/v1/audit?subject=%00", "/api/v1/audit?about=a%00b"]
)
def test_what_no_database_holds_is_told_not_a_failure(browser: Person, bearer: Bearer, path: str) -> None:
    client = bearer("auditor") if path.startswith("/api") else browser("auditor").client
    assert client.get(path).status_code == 422


def test_half_a_character_in_json_is_told(bearer: Bearer, site: Site) -> None:
    asked = {"target": site.records["owner_card"], "purpose": "\ud800 \x00 核对", "days": 1}
    body = json.dumps(asked)
    answer = bearer("staff").post(
        "/api/v1/requests", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422


def test_guessed_ids_tell_nothing_of_what_is_there(site: Site, bearer: Bearer) -> None:
    """Somebody's request looks to a stranger like one that never was."""
    asked = bearer("manager").post(
        "/api/v1/requests", json={"target": site.records["owner_card"], "purpose": "抽查一份", "days": 1}
    )
    there = asked.json()["id"]
    bearer("manager").post(f"/api/v1/requests/{there}/withdraw")
    never = "01J00000000000000000000000"
    said = [bearer("staff").get(f"/api/v1/requests/{id}") for id in (there, never)]
    assert said[0].status_code == said[1].status_code == 404
    assert said[0].json() == said[1].json()


def test_fields_that_nobody_asked_for_change_nothing(site: Site, bearer: Bearer, browser: Person) -> None:
    """Mass assignment over JSON and over forms."""
    extra = {
        "requester": site.actors["manager"].id,
        "state": "approved",
        "decided_by": site.actors["manager"].id,
        "approved_by": site.actors["manager"].id,
        "access_class": "public",
        "emergency": True,
        "id": "01J00000000000000000000001",
    }
    body = {"target": site.records["owner_card"], "purpose": "核对一次", "days": 1}
    answer = bearer("staff").post("/api/v1/requests", json={**body, **extra})
    if answer.status_code == 201:
        made = answer.json()
        assert made["state"] == "open"
        assert made["requester"] == site.actors["staff"].id
        assert made.get("decided_by") is None
        assert made["access_class"] == "secret"
        assert made["emergency"] is False
        assert made["id"] != extra["id"]
        bearer("staff").post(f"/api/v1/requests/{made['id']}/withdraw")
    else:
        assert answer.status_code == 422
    changed = browser("staff").post(
        "/me/password",
        old=PASSWORD,
        new=PASSWORD,
        again=PASSWORD,
        roles="administrator",
        name="root",
        state="active",
        is_admin="1",
    )
    assert changed.status_code in (200, 422)
    with site.archive.uow() as uow:
        account = uow.get(Account, site.actors["staff"].id)
    assert account is not None
    assert (tuple(account.roles), account.name) == (("staff",), "staff")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "x.svg",
            b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>',
        ),
        ("x.html", b"<!doctype html><script>alert(1)</script><p>\xe5\x9b\x9e\xe8\xae\xbf"),
        ("x.xhtml", b'<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>'),
    ],
)
def test_pages_and_drawings_that_hold_scripts_come_back_inert(
    site: Site, bearer: Bearer, browser: Person, name: str, content: bytes
) -> None:
    from archive.services import work

    sent = bearer("archivist").post(f"/api/v1/intake?name={name}", content=content)
    assert sent.status_code in (201, 202), sent.text
    intake = sent.json()["id"]
    while work.work_here(site.archive, "test"):
        pass
    (record,) = bearer("archivist").get(f"/api/v1/intake/{intake}").json()["records"][:1] or [""]
    assert record
    for client, path in (
        (browser("archivist").client, f"/records/{record}/original"),
        (bearer("archivist"), f"/api/v1/records/{record}/original"),
    ):
        answer = client.get(path)
        if answer.status_code == 200:
            assert answer.headers["content-type"] == "application/octet-stream"
            assert answer.headers["content-disposition"].startswith("attachment")
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "script-src 'self'" in answer.headers["content-security-policy"]
    for path in (f"/records/{record}", f"/records/{record}/text"):
        shown = browser("archivist").get(path)
        if "html" in shown.headers["content-type"]:
            assert "<script>alert" not in shown.text
            assert "onload=" not in shown.text


def test_a_request_is_decided_once_and_never_by_its_requester(site: Site, bearer: Bearer) -> None:
    target = site.records["owner_card"]
    asked = (
        bearer("staff")
        .post("/api/v1/requests", json={"target": target, "purpose": "核对两次", "days": 2})
        .json()["id"]
    )
    door = f"/api/v1/requests/{asked}"
    assert bearer("staff").post(f"{door}/approve", json={}).status_code == 403
    first = bearer("manager").post(f"{door}/approve", json={"days": 1})
    assert first.status_code == 200
    for again in ("approve", "refuse"):
        second = bearer("manager").post(f"{door}/{again}", json={"reason": "再来一次", "days": 30})
        assert second.status_code in (403, 409, 422), second.text
    seen = bearer("manager").get(door).json()
    assert seen["grant"]["id"] == first.json()["id"]
    bearer("manager").post(f"/api/v1/grants/{first.json()['id']}/revoke", json={"reason": "用完"})
    own = (
        bearer("manager")
        .post("/api/v1/requests", json={"target": target, "purpose": "自己看看", "days": 1})
        .json()["id"]
    )
    mine = bearer("manager").post(f"/api/v1/requests/{own}/approve", json={"approved_by": "x"})
    assert mine.status_code == 403
    assert mine.json()["error"]["code"] == "own_request"
    found = audit_view.entries(site.archive, site.actors["auditor"], Wanted(subject=own))
    assert "access:refused" in {e.event for e in found.entries}
    bearer("manager").post(f"/api/v1/requests/{own}/withdraw")
