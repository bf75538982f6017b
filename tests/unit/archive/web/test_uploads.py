"""Files come in as streams: whole, by their names, within limits, and acknowledged only when they are durable."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable, Iterator
from urllib.parse import quote

import httpx

from archive.domain.records import Intake
from archive.web.app import SMALL_BODY
from archive.web.pages.intake import MOST_SHOWN, shown
from tests.unit.archive.web.conftest import Browser, Site

Person = Callable[[str], Browser]
Bearer = Callable[[str], httpx.Client]
NAME = "3栋2单元1203 资料卡 #1.txt"


def test_the_api_takes_a_raw_body_and_says_where_to_ask(site: Site, bearer: Bearer) -> None:
    client = bearer("archivist")
    sent = client.post("/api/v1/intake", content=b"raw body", headers={"X-File-Name": quote(NAME)})
    assert sent.status_code == 202
    told = sent.json()
    assert told["name"] == NAME
    assert told["sha256"] == hashlib.sha256(b"raw body").hexdigest()
    assert client.get(told["status"]).json()["state"] == "waiting"
    batch = client.get(f"/api/v1/batches/{told['batch']}").json()
    assert [i["id"] for i in batch["items"]] == [told["id"]]


def test_the_api_takes_several_files_of_a_form(bearer: Bearer) -> None:
    files = [("file", ("a.txt", b"first")), ("file", ("b.txt", b"second"))]
    sent = bearer("archivist").post("/api/v1/intake", files=files, params={"batch": "two"})
    assert sent.status_code == 202
    assert [i["name"] for i in sent.json()["items"]] == ["a.txt", "b.txt"]


def test_a_form_without_a_file_is_told_so(bearer: Bearer) -> None:
    sent = bearer("archivist").post("/api/v1/intake", files={"x": (None, "no file")})
    assert sent.status_code == 422
    assert sent.json()["error"]["code"] == "no_file"


def test_who_may_not_file_is_refused_before_the_file_is_kept(site: Site, bearer: Bearer) -> None:
    body = b"from someone who may not"
    sent = bearer("staff").post("/api/v1/intake", content=body)
    assert sent.status_code == 403
    assert hashlib.sha256(body).hexdigest() not in {r.sha256 for r, _ in site.archive.store.list_received()}


def test_a_body_longer_than_forms_need_is_cut_off(browser: Person) -> None:
    answer = browser("staff").post("/access/requests", purpose="x" * (SMALL_BODY + 1), days="1")
    assert answer.status_code == 413
    assert "too_big" in answer.text


def test_a_sender_who_goes_away_leaves_nothing(site: Site, bearer: Bearer) -> None:
    started = threading.Event()

    def half() -> Iterator[bytes]:
        yield b"x" * 70_000
        started.set()
        raise ConnectionAbortedError

    before = {r.sha256 for r, _ in site.archive.store.list_received()}
    with contextlib.suppress(ConnectionAbortedError):
        bearer("archivist").post("/api/v1/intake", content=half(), params={"name": "half.txt"})
    assert started.is_set()
    assert {r.sha256 for r, _ in site.archive.store.list_received()} == before
    assert bearer("archivist").get("/api/v1/session").status_code == 200


def test_a_huge_batch_shows_what_needs_a_person_first(site: Site) -> None:
    some = site.archive.clock.now()
    states = ["done"] * (MOST_SHOWN + 50) + ["refused"]
    items = tuple(
        Intake(f"{n:05}", "b", f"{n}.txt", "", 0, "", state, some, "x") for n, state in enumerate(states)
    )
    assert shown(items[:MOST_SHOWN]) == items[:MOST_SHOWN]
    listed = shown(items)
    assert len(listed) == MOST_SHOWN
    assert listed[0].state == "refused"
    assert [i.id for i in listed[1:]] == sorted(i.id for i in listed[1:])
