"""A served archive with a few read papers, and Chromium with people in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from archive.services.demo_papers import sample_papers
from archive.services.demo_papers.neighbourhood import register_csv
from archive.web.assets import font_path
from schemas import load_pack
from tests.e2e.running import Running
from tests.servers import apt
from tests.servers.base import EngineMissing, missing

expect.set_options(timeout=20_000)

PASSWORD = "a-browser-test-2026"
PEOPLE = {
    "staff": "示小禾",
    "archivist": "例静文",
    "manager": "样立诚",
    "auditor": "例明鉴",
    "administrator": "样维安",
}
SECRET = "业主资料卡_3-2-1203.jpg"
UNGRADED = "违章记录_未写性质.jpg"
YEAR = 2026
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def chromium() -> str:
    """The path of Chromium, installed when it is missing. Skips (in CI fails) where it cannot be had."""
    try:
        if not shutil.which("chromium"):
            apt.need("chromium")
        if not any(Path("/usr/share/fonts").rglob("NotoSansCJK-Regular.ttc")):
            apt.need("fonts-noto-cjk")
    except EngineMissing as error:
        missing("chromium", str(error))
    found = shutil.which("chromium")
    return found or missing("chromium", "it is installed but not on the path")


@dataclass(frozen=True)
class Papers:
    """The served archive, and the records that came of the papers: file name → record."""

    running: Running
    folder: Path
    records: dict[str, str]


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Papers]:
    folder = tmp_path_factory.mktemp("browser")
    running = Running(folder / "home", {}, ("--workers", "1"))
    running.dangan("init")
    for role, shown in PEOPLE.items():
        given = ("--roles", role, "--display-name", shown, "--password-stdin")
        running.dangan("user", "add", role, *given, stdin=PASSWORD + "\n")
    register = folder / "houses.csv"
    register.write_bytes(register_csv(YEAR))
    running.dangan("estate", "import", str(register))
    files = [write(folder, name, body) for name, body in wanted_papers()]
    lines = running.answers("ingest", *map(str, files), "--wait")
    running.start()
    yield Papers(running, folder, {Path(line["path"]).name: line["record"] for line in lines})
    assert running.stop() == 0


def wanted_papers() -> Iterator[tuple[str, bytes]]:
    """The manuals, which need no recognition, one secret scan and one that a person has to look at."""
    for name, body in sample_papers(load_pack(), font_path(), YEAR):
        if name.endswith(".docx") or name in (SECRET, UNGRADED):
            yield name, body
        if name == UNGRADED:
            return


def write(folder: Path, name: str, body: bytes) -> Path:
    path = folder / name
    path.write_bytes(body)
    return path


@pytest.fixture(scope="session")
def engine() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        yield launched
        launched.close()


@dataclass
class Watch:
    """What a browser must never do: ask elsewhere, break the policy, throw, get a server error."""

    origin: str
    wrong: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        page.on("request", self.request)
        page.on("response", self.response)
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))

    def request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.wrong.append(f"asked elsewhere: {request.url}")

    def response(self, response: Response) -> None:
        if response.status >= 500:
            self.wrong.append(f"{response.status}: {response.url}")

    def console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.wrong.append(f"console: {message.text}")


Visit = Callable[..., Page]


@pytest.fixture
def visit(engine: Browser, papers: Papers) -> Iterator[Visit]:
    """`visit("manager", phone=True)`: a page with that person signed in; everything is watched."""
    contexts: list[BrowserContext] = []
    watch = Watch(papers.running.url)

    def open_page(
        role: str | None, *, phone: bool = False, dark: bool = False, language: str = "zh-CN"
    ) -> Page:
        context = engine.new_context(
            base_url=papers.running.url,
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        watch.on(page)
        if role:
            page.goto("/sign-in")
            page.fill("#name", role)
            page.fill("#password", PASSWORD)
            page.locator("form.stack button").click()
            page.wait_for_url("/")
        if language != "zh-CN":
            page.goto(f"/language/{language}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert watch.wrong == []
