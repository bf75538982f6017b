"""A small archive of its own, served as it is in real life, and people who use it."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from archive.bootstrap import open_archive, read_settings
from archive.domain.people import OPERATOR, Actor
from archive.domain.records import Record
from archive.services import desk, estate_import, intake, people, takeover, work
from archive.services.archive import Archive
from archive.services.upkeep import create_archive
from archive.web.app import create_app

PASSWORD = "open-sesame-2026"
PEOPLE = {
    "staff": "林小雨",
    "archivist": "陈静",
    "manager": "王建国",
    "auditor": "赵明",
    "administrator": "孙强",
}
HOSTILE_NAME = '<img src=x onerror="alert(1)">.txt'
CATALOGUE = (
    {
        "type": "owner_card",
        "house": "3-2-1203",
        "owner": "黄一鸣",
        "date": "2024-03-06",
        "text": "业主资料卡 翡翠鸟",
    },
    {
        "type": "callback_record",
        "house": "3-2-1203",
        "date": "2024-05-08",
        "text": "回访记录表 <b>电梯</b> 已修好",
    },
)
REGISTER = "estate,house,owner,from,to,phone\n翠湖花园,3栋2单元1203,黄一鸣,2020-01-01,,13800000001\n"


@dataclass(frozen=True)
class Site:
    """The running site and what lies in it."""

    address: str
    archive: Archive
    actors: dict[str, Actor]
    records: dict[str, str]
    """Record type → the id of the one record of it; "unknown" for the one on the verification desk."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("web")
    archive = open_archive(read_settings({"DANGAN_HOME": str(home / "home")}), create=True)
    create_archive(archive)
    for role, shown in PEOPLE.items():
        people.add_person(archive, OPERATOR, name=role, display_name=shown, roles=(role,), password=PASSWORD)
    actors = {role: people.actor_named(archive, role) for role in PEOPLE}
    records = fill(archive, actors["archivist"], home)
    with served(archive) as address:
        yield Site(address, archive, actors, records)
    archive.reader().close()


def fill(archive: Archive, archivist: Actor, folder: Path) -> dict[str, str]:
    estate_import.import_estate(archive, archivist, BytesIO(REGISTER.encode()), "houses.csv")
    catalogue = folder / "catalogue.jsonl"
    catalogue.write_text("\n".join(json.dumps(row) for row in CATALOGUE))
    rows = list(takeover.import_catalogue(archive, archivist, catalogue))
    assert [r["state"] for r in rows] == ["filed", "filed"], rows
    intake.receive_file(archive, archivist, BytesIO("一张看不懂的纸条".encode()), HOSTILE_NAME, batch="odd")
    while work.work_here(archive, "test"):
        pass
    waiting = desk.queue(archive, archivist)
    with archive.uow() as uow:
        found = {r.type or "unknown": r.id for r in uow.list(Record)}
    assert [r.id for r in waiting] == [found["unknown"]]
    return found


class served:  # noqa: N801 - reads as a verb
    """The site in a thread on a free port."""

    def __init__(self, archive: Archive) -> None:
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.server = uvicorn.Server(uvicorn.Config(create_app(archive), log_level="error"))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)

    def __enter__(self) -> str:
        self.thread.start()
        deadline = time.monotonic() + 20
        while not self.server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        assert self.server.started
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join(10)


def plain_client(address: str, **options: Any) -> httpx.Client:
    """A client for this machine: without certificates and proxies it is made at once."""
    return httpx.Client(base_url=address, verify=False, trust_env=False, **options)


@pytest.fixture(scope="session")
def stranger(site: Site) -> Iterator[httpx.Client]:
    """Someone who is not signed in."""
    with plain_client(site.address) as client:
        yield client


@dataclass
class Browser:
    """A signed-in browser without scripts: keeps cookies, follows redirects, fills the form token in."""

    client: httpx.Client
    csrf: str

    def get(self, path: str, **query: str) -> httpx.Response:
        return self.client.get(path, params=query or None)

    def post(self, path: str, **form: str) -> httpx.Response:
        return self.client.post(path, data={"csrf": self.csrf, **form})


def token_in(page: str) -> str:
    return page.split('name="csrf-token" content="')[1].split('"')[0]


@pytest.fixture(scope="session")
def browser(site: Site) -> Iterator[Callable[[str], Browser]]:
    """`browser("manager")`: that person's browser."""
    open_ones: dict[str, Browser] = {}

    def signed_in(role: str) -> Browser:
        if role not in open_ones:
            client = plain_client(site.address, follow_redirects=True)
            form = token_in(client.get("/sign-in").text)
            home = client.post("/sign-in", data={"csrf": form, "name": role, "password": PASSWORD})
            assert home.status_code == 200
            open_ones[role] = Browser(client, token_in(home.text))
        return open_ones[role]

    yield signed_in
    for one in open_ones.values():
        one.client.close()


@pytest.fixture(scope="session")
def bearer(site: Site, stranger: httpx.Client) -> Iterator[Callable[[str], httpx.Client]]:
    """`bearer("staff")`: an API client of that person."""
    clients: dict[str, httpx.Client] = {}

    def of(role: str) -> httpx.Client:
        if role not in clients:
            answer = stranger.post("/api/v1/session", json={"name": role, "password": PASSWORD})
            assert answer.status_code == 201
            headers = {"Authorization": f"Bearer {answer.json()['token']}"}
            clients[role] = plain_client(site.address, headers=headers)
        return clients[role]

    yield of
    for one in clients.values():
        one.close()
