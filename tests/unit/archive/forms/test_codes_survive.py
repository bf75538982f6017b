"""The codes of a printed form are read off poor scans, whatever the type (`bench/forms.py` measures many more)."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray

from archive.domain.forms import Print, lay_out
from archive.services.form_pdf import Leaf, pdf_of
from archive.web.assets import font_path
from bench.forms import Scanner, bilevel, jpeg, noisy, photographed, torn, turned
from ingest.barcode import read_codes
from ingest.slips import Slip, slip_of, slip_text
from schemas import load_pack

PACK = load_pack()
SCANS: dict[str, tuple[int, tuple[Scanner, ...]]] = {
    "300 dpi": (300, (noisy(4),)),
    "bilevel at 150 dpi": (150, (bilevel,)),
    "on its side": (150, (turned(90),)),
    "askew": (150, (turned(5), noisy(6))),
    "JPEG 40": (150, (noisy(10), jpeg)),
    "photographed": (200, (photographed, jpeg)),
    "torn": (200, (torn, noisy(4))),
}
TYPES = sorted(PACK.record_types)[::16]


@pytest.fixture(scope="module")
def font() -> Path:
    return font_path()


def printed(code: str, font: Path, dpi: int) -> tuple[Slip, NDArray[np.uint8]]:
    slip = Slip("form", code, "3-2-1203", serial="K7Q29MXA", tenure="2J7K9QWXZ0", seal="3FK7Q2TZ6M")
    sheets = lay_out(PACK.record_types[code], Print(serial=slip.serial, house="3栋2单元1203"))
    document = pypdfium2.PdfDocument(pdf_of([Leaf(sheets[0], slip_text(slip))], font, code))
    try:
        return slip, np.asarray(document[0].render(scale=dpi / 72, grayscale=True).to_pil(), np.uint8)
    finally:
        document.close()


@pytest.mark.parametrize("scan", SCANS)
@pytest.mark.parametrize("code", TYPES)
def test_a_poor_scan_still_says_what_it_is(code: str, scan: str, font: Path) -> None:
    dpi, steps = SCANS[scan]
    slip, picture = printed(code, font, dpi)
    for step in steps:
        picture = step(picture, random.Random(code))
    assert {slip_of(found.text) for found in read_codes(picture)} == {slip}


def test_the_same_form_is_the_same_bytes(font: Path) -> None:
    sheet = lay_out(PACK.record_types["owner_card"], Print({"owner": "示例一 鑰匙"}))[0]
    assert pdf_of([Leaf(sheet)], font, "x") == pdf_of([Leaf(sheet)], font, "x")


def test_both_scripts_have_glyphs_and_are_text(font: Path) -> None:
    said = Print({"owner": "陳國強 陈国强", "content": "鑰匙已還"}, head="星河花園")
    sheets = lay_out(PACK.record_types["complaint_form"], said)
    document = pypdfium2.PdfDocument(pdf_of([Leaf(s) for s in sheets], font, "x"))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    assert "陳國強 陈国强" in text
    assert "星河花園" in text
