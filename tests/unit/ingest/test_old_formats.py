"""Word 97, Excel 97, Outlook, RTF, OpenDocument, web pages, telephone pictures: their text, or why not."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ingest.facts import FileFacts, FileState, Limits, Page
from ingest.pipeline import Pipeline
from schemas import load_pack
from tests.servers.base import shared_dir
from tests.unit.ingest.containers import compound, old_word, old_workbook, outlook_message
from tests.unit.ingest.drawing import Sheet

PACK = load_pack()


def read(path: Path) -> FileFacts:
    return Pipeline(PACK, recognise=_seen, understand=lambda pages, pack, image: ()).read(
        path, path.name, Limits()
    )


def _seen(image: np.ndarray, dpi: int | None = None, *, number: int = 1) -> Page:  # type: ignore[type-arg]
    return Page(number, (), f"{image.shape}", origin="ocr")


def text_of(facts: FileFacts) -> str:
    return "\n".join(page.text for page in facts.pages)


def codes(facts: FileFacts) -> list[str]:
    return [p.code for p in facts.problems]


def test_an_old_word_document(tmp_path: Path) -> None:
    body = (
        "停水通知\r3栋\x07周六\x07\x07第一条 \x13 PAGEREF x \x14甲方\x15负责。\x0c完\r"
        + "Plain letters. " * 30
        + "\r"
    )
    facts = read(old_word(tmp_path / "a.doc", body, header="测试物业\r", comment="请核对\r"))
    assert facts.state is FileState.UNREADABLE
    assert codes(facts) == ["kept_with_text"]
    assert text_of(facts).startswith("停水通知\n3栋\t周六\n第一条 甲方负责。")
    assert "PAGEREF" not in text_of(facts)
    assert "测试物业" in text_of(facts)
    assert "请核对" in text_of(facts)
    assert facts.records[0].text.startswith("停水通知")
    assert len(facts.pages) == 2


def test_wps_is_read_as_word_and_a_real_document_like_its_source() -> None:
    folder = shared_dir() / "samples" / "open" / "documents"
    old = text_of(read(next(folder.glob("*.doc"))))
    new = text_of(read(next(folder.glob("DG-KF-16*A2.docx"))))
    wanted = {line.strip() for line in new.splitlines() if len(line.strip()) > 12 and "\t" not in line}
    plain = old.replace("\n", "")
    found = [line for line in wanted if line in plain or line.split(" ", 1)[-1] in plain]
    assert len(found) >= 0.9 * len(wanted), sorted(wanted - set(found))[:5]


@pytest.mark.parametrize(
    ("flags", "version", "code"), [(0x0100, 0xC1, "password_needed"), (0, 0x65, "kept_unreadable")]
)
def test_an_old_word_document_that_can_not_be_read(
    tmp_path: Path, flags: int, version: int, code: str
) -> None:
    assert codes(read(old_word(tmp_path / "a.doc", "秘" * 60, flags=flags, version=version))) == [code]


def test_damaged_and_hostile_containers(tmp_path: Path) -> None:
    path = tmp_path / "a.doc"
    whole = old_word(path, "通知内容" * 40).read_bytes()
    for broken in (
        whole[:1500],
        whole[:600] + bytes(900) + whole[1500:],
        compound({"WordDocument": b"\xec\xa5\xc1"}),
    ):
        path.write_bytes(broken)
        assert set(codes(read(path))) <= {"damaged", "kept_unreadable", "no_text", "kept_with_text"}
    path.write_bytes(compound({"WordDocument": b"x", "Macros/_VBA_PROJECT": b"x"}))
    assert codes(read(path)) == ["macro"]


def test_an_old_workbook(tmp_path: Path) -> None:
    facts = read(old_workbook(tmp_path / "b.xls", "钥匙", [["房号", "把数"], ["3-2-1203", 2.0]]))
    assert codes(facts) == ["kept_with_text"]
    assert "房号\t把数\n3-2-1203\t2" in text_of(facts)


def test_a_message_from_outlook(tmp_path: Path) -> None:
    facts = read(outlook_message(tmp_path / "m.msg", "停水通知", "本周六停水。\r\n请储水。", "名单.xlsx"))
    assert codes(facts) == ["attachments", "kept_with_text"]
    assert "名单.xlsx" in facts.problems[0].message
    assert "主题:停水通知\n本周六停水。\n请储水。" in text_of(facts)
    assert "发件人:王芳" in text_of(facts)


def test_rich_text(tmp_path: Path) -> None:
    path = tmp_path / "r.rtf"
    said = "".join(f"\\'{b:02x}" for b in "停水通知".encode("gbk"))
    path.write_bytes(
        rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0 SimSun;}}\f0 " + said.encode() + rb"\par \u19994?\u20027?\par}"
    )
    facts = read(path)
    assert codes(facts) == ["kept_with_text"]
    assert text_of(facts).split() == ["停水通知", "业主"]
    path.write_bytes(b"{\\rtf1 " + b"{" * 50_000)
    assert read(path).state is FileState.UNREADABLE


def test_an_open_document(tmp_path: Path) -> None:
    from tests.unit.ingest.test_adding_a_file_format import odt

    facts = read(odt(tmp_path / "o.odt"))
    assert codes(facts) == ["kept_with_text"]
    assert text_of(facts).startswith("停水通知\n本周六停水。\n楼栋\t3栋")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_web_page(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "w.html"
    path.write_bytes(
        (
            f"<!DOCTYPE html><html><head><meta charset='{encoding}'><title>通知</title>"
            "<script>alert('x')</script></head><body><!-- 隐 --><h1>停水</h1><p>本周<b>六</b>停水。</p>"
            "<table><tr><td>楼栋</td><td>3栋</td></tr></table></body></html>"
        ).encode(encoding)
    )
    facts = read(path)
    assert codes(facts) == ["kept_with_text"]
    assert text_of(facts).split("\n") == ["通知", "停水", "本周六停水。", "楼栋\t3栋"]


def test_a_picture_of_a_telephone(tmp_path: Path) -> None:
    import pillow_heif

    path = tmp_path / "IMG_0001.HEIC"
    picture = Image.fromarray(Sheet(400, 600).title("业主资料卡").pixels())
    pillow_heif.from_pillow(picture).save(path)
    facts = read(path)
    assert facts.media_type == "image/heic"
    assert facts.state is FileState.READ
    assert facts.pages[0].text == "(600, 400, 3)"
    for end in (200, 1000, len(path.read_bytes()) - 300):
        broken = tmp_path / "cut.heic"
        broken.write_bytes(path.read_bytes()[:end])
        assert codes(read(broken)) == ["damaged"]


def test_many_zeros_in_a_declared_size_are_no_reason_to_wait(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.odt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", b" " * 400_000_000)
    assert codes(read(tmp_path / "z.odt")) == ["zip_bomb"]
