"""Near-equal records: found by keys, shown side by side, decided by a person alone, and undone."""

from __future__ import annotations

import io
import random
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from archive.bootstrap import FONT
from archive.domain.alike import AlikeKey, AlikePair
from archive.domain.audit_model import Event
from archive.services import alike
from archive.services.errors import Clash, NotFound, Refused
from ingest.alike import PAGE_ALIKE, TEXT_ALIKE, page_likeness, text_likeness
from tests.builders import Town

LETTER = (
    "关于地下车库照明改造的通知。" + "经业主委员会同意，自下月起分三期更换灯具，期间请勿在施工区域停车。" * 4
)


def form(*hand: str, seed: int = 1) -> Image.Image:
    """A printed form of many lines, filled in by hand."""
    page = Image.new("L", (1240, 1754), 250)
    draw = ImageDraw.Draw(page)
    printed, written = (ImageFont.truetype(str(FONT), size) for size in (30, 40))
    draw.text((480, 90), "回访记录表", font=written, fill=20)
    for row in range(16):
        y = 220 + row * 88
        draw.rectangle((90, y, 1150, y + 88), outline=40, width=3)
        draw.line((330, y, 330, y + 88), fill=40, width=3)
        draw.text((110, y + 25), "业主姓名房号电话日期内容签字意见结果"[row : row + 4], font=printed, fill=30)
        if row < len(hand):
            draw.text((360, y + 18), hand[row], font=written, fill=60)
    return page


def scanned(page: Image.Image, seed: int) -> bytes:
    """The page through a scanner: a little crooked, smaller, darker, noisy."""
    rng = random.Random(seed)
    turned = page.rotate(rng.uniform(-1.5, 1.5), fillcolor=245, resample=Image.Resampling.BICUBIC)
    scale = rng.uniform(0.75, 1.0)
    small = turned.resize((int(page.width * scale), int(page.height * scale)), Image.Resampling.LANCZOS)
    noise = np.random.default_rng(seed).normal(rng.uniform(-15, 5), 7, (small.height, small.width))
    noisy = np.clip(np.asarray(small, float) + noise, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(noisy).filter(ImageFilter.GaussianBlur(0.4)).save(out, "JPEG", quality=72)
    return out.getvalue()


ONE = ("示例一", "3栋2单元1203", "13800000001", "2024年3月6日", "核对水表读数，业主满意", "已处理")
TWO = ("示例二", "5栋1单元602", "13800000002", "2024年4月9日", "电梯异响，已报修待复查", "待复查")


@pytest.mark.parametrize("seed", range(4))
def test_a_page_scanned_twice_is_alike(seed: int) -> None:
    assert page_likeness(scanned(form(*ONE), seed), scanned(form(*ONE), seed + 50)) >= PAGE_ALIKE


@pytest.mark.parametrize("seed", range(4))
def test_one_form_filled_in_twice_is_not_alike(seed: int) -> None:
    assert page_likeness(scanned(form(*ONE), seed), scanned(form(*TWO), seed + 50)) < PAGE_ALIKE
    signed = (*ONE, "", "", "同意 示例经理")
    assert page_likeness(scanned(form(*ONE), seed), scanned(form(*signed), seed + 50)) < PAGE_ALIKE


def test_turned_pages_are_laid_right(tmp_path: Path) -> None:
    upside = io.BytesIO()
    form(*ONE).rotate(180).save(upside, "JPEG")
    assert page_likeness(scanned(form(*ONE), 1), upside.getvalue()) >= PAGE_ALIKE


def test_what_is_no_image_or_empty_is_alike_to_nothing() -> None:
    with pytest.raises(ValueError, match="no image"):
        page_likeness(b"x", b"y")
    blank = io.BytesIO()
    Image.new("L", (800, 1100), 255).save(blank, "JPEG")
    assert page_likeness(blank.getvalue(), blank.getvalue()) == 0
    assert text_likeness("", "") == 0


def test_texts_are_compared_without_their_spacing() -> None:
    assert text_likeness(LETTER, LETTER.replace("。", "。\n ")) == 1
    assert text_likeness(LETTER, LETTER.replace("三期", "两期")) >= TEXT_ALIKE
    assert text_likeness(LETTER, "别的内容" * 30) < TEXT_ALIKE


# In the archive


def open_pairs(town: Town) -> list[alike.PairView]:
    return alike.pairs(town.archive, town.who["archivist"])[0]


def two_letters(town: Town) -> None:
    for n, text in enumerate((LETTER, LETTER.replace("三期", "两期"))):
        town.receives(text.encode(), f"通知{n}.txt")
    town.receives(("完全不同的一封信，讲的是绿化养护。" * 10).encode(), "别的.txt")
    town.works()


def test_near_equal_texts_become_a_pair(town: Town) -> None:
    two_letters(town)
    (view,) = open_pairs(town)
    assert (view.pair.kind, view.pair.state) == ("text", "open")
    assert view.pair.likeness >= TEXT_ALIKE
    assert view.decidable
    assert view.first.record.id < view.second.record.id
    assert alike.waiting(town.archive, town.who["archivist"]) == 1


def test_a_paper_scanned_again_becomes_a_pair_and_another_of_its_form_does_not(town: Town) -> None:
    first = town.receives(scanned(form(*ONE), 1), "a.jpg")
    second = town.receives(scanned(form(*ONE), 51), "b.jpg")
    town.receives(scanned(form(*TWO), 2), "c.jpg")
    town.works()
    made = sorted(r.id for item in (first, second) for r in town.records_of(item))
    assert [(v.pair.first, v.pair.second) for v in open_pairs(town)] == [tuple(made)]


def test_forms_that_say_different_days_or_houses_are_no_pair(town: Town) -> None:
    town.with_house("3栋2单元1203", owner="示例一").with_house("5栋1单元602", owner="示例二")
    text = "业主资料卡，存档一份，内容与登记相符，联系电话 13800000001。" * 5
    town.files("owner_card", house="3-2-1203", owner="示例一", day=date(2024, 3, 6), text=text + "甲")
    town.files("owner_card", house="5-1-602", owner="示例二", day=date(2024, 3, 6), text=text + "乙")
    town.files("owner_card", house="3-2-1203", owner="示例一", day=date(2024, 3, 7), text=text + "丙")
    with town.archive.uow() as uow:
        open_ones = [p for p in uow.list(AlikePair) if p.state == "open"]
    sure = [p for p in open_ones if all(town.record(r).state.value == "filed" for r in (p.first, p.second))]
    late = [p for p in sure if town.record(p.first).record_date != town.record(p.second).record_date]
    assert len(late) <= 3, "found only while they waited at the desk without a day"


def test_a_decision_is_kept_logged_and_undone(town: Town) -> None:
    two_letters(town)
    archive, who = town.archive, town.who["archivist"]
    pair = open_pairs(town)[0].pair
    alike.decide(archive, who, pair.id, same=True)
    assert open_pairs(town) == []
    with archive.uow() as uow:
        assert alike.copies(uow, pair.first) == [pair.second]
        assert alike.copies(uow, pair.second) == [pair.first]
        logged = [e.detail["decision"] for e in uow.audit_entries(event=Event.ALIKE_DECIDED.value)]
    assert logged == ["same"]
    assert [town.record(r).state.value for r in (pair.first, pair.second)] == ["to_verify"] * 2
    with pytest.raises(Clash):
        alike.decide(archive, who, pair.id, same=False)
    alike.undo(archive, who, pair.id)
    alike.decide(archive, who, pair.id, same=False)
    decided, count = alike.pairs(archive, who, state="decided")
    assert ([v.pair.state for v in decided], count) == (["different"], 1)
    alike.drain(archive)
    assert open_pairs(town) == [], "not asked again"


def test_only_who_may_file_sees_pairs_and_secret_ones_stay_closed(town: Town) -> None:
    two_letters(town)
    with pytest.raises(Refused):
        alike.pairs(town.archive, town.who["staff"])
    town.with_house("3栋2单元1203", owner="示例一")
    for n in range(2):
        text = "业主资料卡" + "内容相同的一份资料。" * 30 + "甲乙"[n]
        town.files("owner_card", house="3-2-1203", owner="示例一", day=date(2024, 3, 6), text=text)
    secret = [v for v in open_pairs(town) if v.first.record.type == "owner_card"]
    assert [(v.decidable, v.lines, v.first.pages, v.first.record.house_key) for v in secret] == [
        (False, (), "", None)
    ]
    with pytest.raises(Refused):
        alike.decide(town.archive, town.who["archivist"], secret[0].pair.id, same=True)


def test_a_common_key_tells_nothing_and_does_not_grow(town: Town) -> None:
    for n in range(30):
        town.receives(f"客服热线 4008205555，第{n}封，{random.Random(n).random()}".encode(), f"{n}.txt")
    town.works()
    with town.archive.uow() as uow:
        most = max(uow.count_by(AlikeKey, "key").values())
    assert most <= 21


def test_an_unknown_pair_is_not_found(town: Town) -> None:
    with pytest.raises(NotFound):
        alike.decide(town.archive, town.who["archivist"], "x:y", same=True)
