"""Sample papers: true to the pack, the same every time, and of nobody who exists."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from docx import Document
from PIL import Image

from archive.services.demo_papers import manual, sample_papers, typed
from archive.services.demo_papers.drawing import Filling, draw_form
from archive.services.demo_papers.forms import scanned_files
from archive.services.demo_papers.neighbourhood import STAFF, households
from archive.services.demo_papers.paper import Paper, Scan
from schemas import Pack
from schemas.dates import parse_date
from schemas.houses import parse_house
from schemas.model import FieldType

YEAR = 2031


@pytest.fixture(scope="module")
def papers(pack: Pack, font: Path) -> dict[str, bytes]:
    return dict(sample_papers(pack, font, YEAR))


@pytest.mark.slow
def test_the_same_papers_every_time(pack: Pack, font: Path, papers: dict[str, bytes]) -> None:
    assert dict(sample_papers(pack, font, YEAR)) == papers


@pytest.mark.slow
def test_every_kind_of_file_is_there(papers: dict[str, bytes]) -> None:
    assert len(papers) >= 18
    assert {Path(name).suffix for name in papers} == {".docx", ".txt", ".pdf", ".jpg", ".png", ".tif"}


def test_a_pack_without_a_type_does_without_its_papers(pack: Pack, font: Path) -> None:
    only = {"duty_log": pack.record_types["duty_log"]}
    names = [name for name, _ in sample_papers(replace(pack, record_types=only), font, YEAR)]
    assert names == ["值班记录1106.jpg"]


def test_every_value_has_a_field_and_every_signature_a_place(pack: Pack) -> None:
    for file in scanned_files(YEAR):
        for form in file.forms:
            kind, filling = pack.record_types[form.type], form.filling
            fields = {f.code for f in kind.fields}
            places = {p.code for p in (*kind.signatures, *kind.seals)}
            given = set(filling.values) | {code for row in filling.rows for code in row}
            assert given <= fields | places, (file.name, given - fields - places)
            assert {*filling.signed, *filling.sealed} <= places, file.name
            assert form.title in ("", kind.title_zh, *kind.aliases)


def test_required_places_are_signed(pack: Pack) -> None:
    for file in scanned_files(YEAR):
        for form in file.forms:
            kind = pack.record_types[form.type]
            signed = {*form.filling.signed, *form.filling.sealed, *(c for r in form.filling.rows for c in r)}
            assert {p.code for p in (*kind.signatures, *kind.seals) if p.required} <= signed, file.name


def test_only_the_ungraded_violation_lacks_a_required_field(pack: Pack) -> None:
    lacking = {
        (file.name, spec.code)
        for file in scanned_files(YEAR)
        for form in file.forms
        if not form.filling.rows
        for spec in pack.record_types[form.type].fields
        if spec.required and not form.filling.values.get(spec.code)
    }
    assert lacking == {("违章记录_未写性质.jpg", "grade")}


def test_days_are_days_and_houses_are_of_the_estate(pack: Pack) -> None:
    keys = {parse_house(h.house, field=True) for h in households(YEAR)}
    for file in scanned_files(YEAR):
        for form in file.forms:
            specs = {f.code: f for f in pack.record_types[form.type].fields}
            for row in (form.filling.values, *form.filling.rows):
                for code, value in row.items():
                    spec = specs.get(code)
                    if spec is not None and spec.type is FieldType.DATE:
                        assert parse_date(value), (file.name, code, value)
                    if spec is not None and spec.type is FieldType.HOUSE:
                        assert parse_house(value, field=True) in keys, (file.name, value)


def test_owners_on_papers_are_the_registered_ones() -> None:
    owners = {(parse_house(h.house, field=True), h.owner, h.phone) for h in households(YEAR)}
    for file in scanned_files(YEAR):
        for form in file.forms:
            values = form.filling.values
            if "owner" in values:
                key = parse_house(values["house"], field=True)
                known = {o[:2] for o in owners} if "phone" not in values else owners
                said = (
                    (key, values["owner"], values["phone"]) if "phone" in values else (key, values["owner"])
                )
                assert said in known, file.name


def test_nobody_exists(pack: Pack, font: Path) -> None:
    homes = households(YEAR)
    assert len({parse_house(h.house, field=True) for h in homes}) == 40
    assert None not in {parse_house(h.house, field=True) for h in homes}
    assert all(h.owner[0] in "样例示" and h.phone.startswith("13800000") for h in homes)
    assert all(name[0] in "样例示" for _, name in STAFF)
    said = " ".join(v for f in scanned_files(YEAR) for form in f.forms for v in form.filling.values.values())
    assert all(phone.startswith("13800000") for phone in re.findall(r"(?<!\d)1\d{10}(?!\d)", said))
    assert all(number.startswith("99") for number in re.findall(r"\d{17}[\dX]", said))
    assert not any(_check_character_is_right(number) for number in re.findall(r"\d{17}[\dX]", said))


def _check_character_is_right(number: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(d) * w for d, w in zip(number, weights, strict=False))
    return "10X98765432"[total % 11] == number[17]


@pytest.mark.slow
def test_every_type_can_be_drawn_as_an_empty_form(pack: Pack, font: Path) -> None:
    for kind in pack.record_types.values():
        sheets = draw_form(kind, Filling(), font)
        assert sheets, kind.code
        assert np.asarray(sheets[0].image.convert("L")).min() < 80, kind.code


@pytest.mark.slow
def test_what_is_drawn_stays_on_the_sheet(pack: Pack, font: Path) -> None:
    """A margin of 8 mm stays white on every sheet: nothing runs off the paper."""
    margin = 63
    for file in scanned_files(YEAR):
        for form in file.forms:
            for number, paper in enumerate(draw_form(pack.record_types[form.type], form.filling, font)):
                ink = np.asarray(paper.image.convert("L")) < 128
                ink[margin:-margin, margin:-margin] = False
                assert not ink.any(), (file.name, form.type, number + 1)


@pytest.mark.slow
def test_a_long_agreement_goes_on_on_the_next_sheet(pack: Pack, font: Path) -> None:
    kind = pack.record_types["preliminary_service_agreement"]
    body = [f"第{n}条的内容写在这里，" * 6 for n in range(1, 60)]
    assert len(draw_form(kind, Filling(body=body), font)) > 2


def test_a_scan_is_turned_grained_and_as_large_as_the_sheet(font: Path) -> None:
    paper = Paper(font, hand=1)
    paper.rule(20, 100, 190, 100, 1.0)
    scanned = paper.scanned(Scan(skew=2.0, grain=4.0))
    assert scanned.size == paper.image.size == (1654, 2339)
    dark = np.argwhere(np.asarray(scanned.convert("L")) < 128)
    left, right = dark[dark[:, 1] < 300][:, 0].mean(), dark[dark[:, 1] > 1350][:, 0].mean()
    assert right - left == pytest.approx(
        np.tan(np.radians(2.0)) * 1200, rel=0.15
    )  # clockwise: the right end sinks
    assert np.asarray(scanned, dtype=float)[:80].std() > 1.0
    assert paper.scanned(Scan(gray=True)).mode == "L"


def test_revisions_carry_their_changes_forward() -> None:
    oldest, _, newest = manual.revisions(YEAR)
    texts = [_text(manual.word_file(r, YEAR)) for r in (oldest, newest)]
    assert "XH-GT-0021" not in texts[0]
    assert all(notice in texts[1] for notice in ("XH-GT-0021", "XH-GT-0034", "XH-GT-0035"))
    assert newest.file_name == "XH-KF-07 钥匙借用管理规程 B0.docx"


def _text(word_file: bytes) -> str:
    document = Document(BytesIO(word_file))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_typed_papers_name_their_labels_as_the_pack_does(pack: Pack, font: Path) -> None:
    kind = pack.record_types["enquiry_record"]
    lines = typed.phone_enquiry(pack, YEAR).decode().splitlines()
    assert lines[0] == kind.title_zh
    assert any(line.startswith(kind.fields[0].label_zh + "：") for line in lines)
    assert typed.NOTICE_TITLE in pack.record_types["notice"].aliases
    assert typed.printed_notice(YEAR, font).startswith(b"%PDF")


@pytest.mark.slow
def test_old_scans_are_black_and_white(papers: dict[str, bytes]) -> None:
    with Image.open(BytesIO(papers["业主资料卡_原业主.tif"])) as old:
        assert old.mode == "1"
        assert old.info["dpi"] == (200, 200)
