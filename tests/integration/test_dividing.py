"""A file divided anew: each part carries only its own pages, what was filed stays, and it can be taken back."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from archive.bootstrap import FONT
from archive.domain.dividing import PlannedPage, groups
from archive.domain.records import Intake, RecordState, VersionText
from archive.services import deciding, desk, dividing
from archive.services.errors import BadInput, Clash
from tests.builders import Town
from tests.integration.conftest import HOME

WORDS = ("甲页的内容", "乙页的内容", "丙页的内容", "丁页的内容")


def a_scan(*titles: str) -> bytes:
    """A PDF with a page for each title, and words of its own on each."""
    pdfmetrics.registerFont(TTFont("Han", str(FONT)))
    out = BytesIO()
    pen = Canvas(out, pagesize=(595, 842))
    for title, words in zip(titles, WORDS, strict=False):
        pen.setFont("Han", 20)
        pen.drawCentredString(297, 780, title)
        pen.setFont("Han", 11)
        pen.drawString(80, 700, words)
        pen.showPage()
    pen.save()
    return out.getvalue()


@pytest.fixture
def scan(town: Town) -> Intake:
    item = town.receives(a_scan("无名记录单甲", "续记", "无名记录单乙", "续记"), "一叠.pdf")
    town.works()
    return town.item(item)


def plan(*begins: int, out: tuple[int, ...] = (), turned: dict[int, int] | None = None) -> list[PlannedPage]:
    return [PlannedPage(n, n in begins, n in out, (turned or {}).get(n, 0)) for n in range(1, 5)]


def living(town: Town, item: Intake) -> list[tuple[int, ...]]:
    found = [town.record(r) for r in town.item(item).records]
    return sorted(r.source_pages for r in found if r.state is not RecordState.DESTROYED)


def text_of(town: Town, item: Intake, pages: tuple[int, ...]) -> str:
    record = next(r for r in map(town.record, town.item(item).records) if r.source_pages == pages)
    with town.archive.uow() as uow:
        (text,) = uow.list(VersionText, record=record.id)
    return text.text


def divided(town: Town, item: Intake, pages: list[PlannedPage]) -> None:
    dividing.divide(town.archive, town.who["archivist"], item.id, pages)
    town.works()


def test_a_plan_makes_the_parts_it_says() -> None:
    assert groups(plan(1, 3)) == ((1, 2), (3, 4))
    assert groups(plan(1, out=(2,))) == ((1,), (3, 4))
    assert groups(plan()) == ((1, 2, 3, 4),)


def test_each_part_carries_only_its_own_pages_and_nothing_of_a_neighbour_stays(
    town: Town, scan: Intake
) -> None:
    who, before = town.who["archivist"], town.item(scan).records
    divided(town, scan, plan(1, 2, 4))
    assert living(town, scan) == [(1,), (2, 3), (4,)]
    assert "甲页" in text_of(town, scan, (1,))
    assert not any(words in text_of(town, scan, (1,)) for words in WORDS[1:])
    view = dividing.view(town.archive, who, scan.id)
    assert view.last is not None
    assert view.last.state == "done"
    for gone in view.last.withdrawn:
        assert gone in before
        assert town.archive.store.versions(f"urn:dangan:record:{gone}") == ()
        with town.archive.uow() as uow:
            assert uow.count(VersionText, record=gone) == 0
    waiting = {r.id for r in desk.queue(town.archive, who)}
    assert waiting == set(town.item(scan).records)
    for record in map(town.record, waiting):
        assert record.pages == len(record.source_pages)
        assert len(desk.page_image(town.archive, who, record.id, 1, 400)) > 1000


def test_a_page_left_out_comes_back_with_the_undo(town: Town, scan: Intake) -> None:
    before = living(town, scan)
    divided(town, scan, plan(1, 2, 3, 4, out=(2,)))
    assert living(town, scan) == [(1,), (3,), (4,)]
    dividing.undo(town.archive, town.who["archivist"], scan.id)
    town.works()
    assert living(town, scan) == before
    assert sum(len(p) for p in before) == 4


def test_what_is_filed_stays_and_what_is_in_a_colleagues_hand_is_left_alone(town: Town, scan: Intake) -> None:
    town.with_person("second", "archivist")
    divided(town, scan, plan(1, 3))
    first, second = sorted(map(town.record, town.item(scan).records), key=lambda r: r.source_pages)
    deciding.accept(
        town.archive,
        town.who["archivist"],
        first.id,
        type="owner_card",
        house=HOME,
        owner="示例一",
        date=date(2026, 3, 1),
        fields={},
    )
    view = dividing.view(town.archive, town.who["archivist"], scan.id)
    assert [p.locked for p in view.pages] == [True, True, False, False]
    with pytest.raises(BadInput):
        dividing.page_image(town.archive, town.who["archivist"], scan.id, 1)
    desk.item(town.archive, town.who["second"], second.id)
    with pytest.raises(Clash):
        dividing.divide(town.archive, town.who["archivist"], scan.id, plan(1, 2, 3, 4))
    town.clock.forward(minutes=10)
    divided(town, scan, plan(1, 2, 3, 4))
    assert living(town, scan) == [(1, 2), (3,), (4,)]
    assert town.record(first.id).state is RecordState.FILED


def test_the_whole_is_forgotten_once_nothing_of_it_waits(town: Town, scan: Intake) -> None:
    divided(town, scan, plan(1, 3))
    assert town.item(scan).whole_kept
    assert dividing.tidy(town.archive) == 0
    town.clock.forward(days=15)
    assert dividing.tidy(town.archive) == 1
    assert [r.sha256 for r, _ in town.archive.store.list_received()] == []
    with pytest.raises(BadInput) as gone:
        dividing.view(town.archive, town.who["archivist"], scan.id)
    assert gone.value.code == "whole_gone"
