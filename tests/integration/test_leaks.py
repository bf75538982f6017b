"""Two archives that differ only in a secret record answer a person without rights alike: words, counts, order, time."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx
import pytest

from archive.domain.records import Record
from archive.services import search
from archive.services.errors import ArchiveError
from tests.builders import PASSWORD, Town, an_archive
from tests.unit.archive.web.conftest import plain_client, served, token_in

HOUSE, OTHER = "3栋2单元1203", "5幢-602"
SECRET_WORDS, OTHER_WORDS = "翡翠鸟停在窗台上", "白鹭飞过了屋顶去"
QUERIES = (
    SECRET_WORDS,
    SECRET_WORDS[:2],
    OTHER_WORDS,
    "业主资料卡",
    "回访",
    HOUSE,
    OTHER,
    "示例一",
    "2026",
    "13800000001",
    "owner_card",
)
PATHS = (
    "/",
    "/find",
    "/access",
    "/documents",
    "/intake",
    "/retention",
    "/audit",
    "/verify",
    "/settings/types",
)
ULID = re.compile(r"(?:(?<=%2F)|\b)[0-9A-HJKMNP-TV-Z]{26}\b")
MOVING = re.compile(r'(content|value)="[0-9a-f]{64}"')


def an_office(home: Path, found_by: str, words: str | None) -> Town:
    """An archive whose secret class is found by this, with one secret record of these words (None: without)."""
    town = an_archive(home).with_people().with_house(HOUSE, owner="示例一").with_house(OTHER, owner="示例二")
    classes = dict(town.archive.pack.access_classes)
    classes["secret"] = replace(classes["secret"], found_by=found_by)
    town.archive = replace(town.archive, pack=replace(town.archive.pack, access_classes=classes))
    for day in range(1, 4):
        town.files("callback_record", house=HOUSE, day=date(2026, 2, day), text=f"回访记录表 {day} {HOUSE}")
    if words is not None:
        town.files(
            "owner_card", house=HOUSE, owner="示例一", day=date(2026, 2, 9), text=f"业主资料卡 {words}"
        )
    town.files("callback_record", house=OTHER, day=date(2026, 2, 20), text="回访记录表 末")
    return town.works()


def normal(text: str) -> str:
    """A page without what differs between any two archives: made-up ids, form tokens."""
    seen: dict[str, str] = {}
    named = ULID.sub(lambda m: seen.setdefault(m[0], f"id{len(seen)}"), text)
    return MOVING.sub("…", named)


class Visitor:
    """The staff's browser and script at one archive."""

    def __init__(self, town: Town, client: httpx.Client) -> None:
        self.town, self.client = town, client
        form = token_in(client.get("/sign-in").text)
        client.post("/sign-in", data={"csrf": form, "name": "staff", "password": PASSWORD})
        made = client.post("/api/v1/session", json={"name": "staff", "password": PASSWORD})
        self.bearer = {"Authorization": f"Bearer {made.json()['token']}"}

    def sees(self) -> dict[str, str]:
        """Everything that the staff can ask for, in its normal form."""
        seen = {path: self._page(path) for path in PATHS}
        for query in QUERIES:
            seen[f"page {query}"] = self._page("/find", q=query)
            answer = self.client.get("/api/v1/search", params={"q": query}, headers=self.bearer)
            seen[f"api {query}"] = f"{answer.status_code} {normal(answer.text)}"
            seen[f"service {query}"] = self._found(query)
        for house in (HOUSE, OTHER):
            seen[f"file {house}"] = self._page(
                "/houses/测试苑/" + ("3-2-1203" if house == HOUSE else "5-602")
            )
        seen["guess"] = self._page("/records/01ARZ3NDEKTSV4RRFFQ69G5FAV")
        return seen

    def _page(self, path: str, **query: str) -> str:
        answer = self.client.get(path, params=query or None)
        return f"{answer.status_code} {normal(answer.text)}"

    def _found(self, query: str) -> str:
        try:
            page = search.search(self.town.archive, self.town.who["staff"], query)
        except ArchiveError as error:
            return error.code
        shown = [(h.type, h.title, h.house, h.date, h.restricted, h.snippet) for h in page.hits]
        return repr((page.total, dict(page.by_type), page.current_to, shown))

    def waits(self, query: str) -> float:
        """Seconds of one search."""
        began = time.perf_counter()
        self.client.get("/api/v1/search", params={"q": query}, headers=self.bearer)
        return time.perf_counter() - began


CASES = {
    "existence": ("nothing", SECRET_WORDS, None),
    "content": ("metadata", SECRET_WORDS, OTHER_WORDS),
}


@pytest.fixture(scope="module", params=CASES)
def visitors(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Visitor, Visitor]]:
    found_by, mine, other = CASES[request.param]
    folder = tmp_path_factory.mktemp("twins")
    with ExitStack() as open_ones:
        pair = []
        for name, words in (("one", mine), ("two", other)):
            town = an_office(folder / name, found_by, words)
            address = open_ones.enter_context(served(town.archive))
            client = open_ones.enter_context(plain_client(address, follow_redirects=False))
            pair.append(Visitor(town, client))
        yield pair[0], pair[1]


def test_words_counts_and_order_are_alike(visitors: tuple[Visitor, Visitor]) -> None:
    one, two = (v.sees() for v in visitors)
    assert one.keys() == two.keys()
    differing = [key for key in one if one[key] != two[key]]
    assert not differing
    assert not any(SECRET_WORDS in page for key, page in one.items() if SECRET_WORDS not in key)


def test_guessing_the_records_number_answers_as_any_number_does(visitors: tuple[Visitor, Visitor]) -> None:
    one = visitors[0]
    with one.town.archive.uow() as uow:
        (secret,) = uow.list(Record, access_class="secret")
    if one.town.archive.pack.access_classes["secret"].found_by == "metadata":
        assert one.client.get(f"/records/{secret.id}").status_code == 200  # that it exists may be known
        assert one.client.get(f"/records/{secret.id}/pages/1.jpg?version=1").status_code == 403
        return
    for path in ("", "/pages/1.jpg?version=1", "/text", "/original", "/still-open"):
        real, invented = (
            one.client.get(f"/records/{number}{path}") for number in (secret.id, "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        )
        assert (real.status_code, normal(real.text)) == (invented.status_code, normal(invented.text)), path


@pytest.mark.slow
def test_no_answer_takes_longer_for_the_secret(visitors: tuple[Visitor, Visitor]) -> None:
    """Side by side and in turns, so that whatever else the machine does meets both alike.

    A leak is a difference that goes one way nearly always and is more than a twentieth of an answer's time.
    """
    pairs = []
    for turn in range(200):
        times = {v: v.waits(SECRET_WORDS) for v in (visitors if turn % 2 else visitors[::-1])}
        pairs.append(tuple(times[v] for v in visitors))
    longer = sum(one > two for one, two in pairs) / len(pairs)
    medians = [statistics.median(t) for t in zip(*pairs, strict=True)]
    apart = abs(medians[0] - medians[1]) / min(medians)
    assert 0.35 < longer < 0.65 or apart < 0.05, (longer, apart)  # 0.15 is four standard deviations of chance
