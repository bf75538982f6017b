"""PDF: text with places whatever way the page is turned, what needs recognition, what is refused, what is saved."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PIL import Image, ImageDraw
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from ingest.facts import Limits
from ingest.read import pdf as reader
from ingest.read.content import Content
from ingest.read.text_layer import is_broken

LINES = ("业主委员会会议纪要", "时间：2024年5月6日", "地点：管理处会议室")


def read(path: Path, limits: Limits | None = None) -> Content:
    return reader.read(path, limits or Limits())


def codes(content: Content) -> list[str]:
    return [p.code for p in content.problems]


def typed(path: Path, pages: int = 1, rotate: int = 0) -> Path:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=(595, 842))
    for number in range(pages):
        canvas.setFont("STSong-Light", 14)
        for index, line in enumerate(LINES):
            canvas.drawString(60, 780 - 30 * index, f"{line}{number or ''}")
        canvas.showPage()
    canvas.save()
    if rotate:
        edited(path, lambda writer: [page.rotate(rotate) for page in writer.pages])
    return path


def scanned(path: Path, hidden: str = "", shown: str = "", pages: int = 1) -> Path:
    picture = Image.new("RGB", (827, 1169), "white")
    ImageDraw.Draw(picture).rectangle((100, 100, 700, 300), outline="black", width=4)
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=(595, 842))
    for _ in range(pages):
        canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
        for text, mode in ((hidden, 3), (shown, 0)):
            if text:
                words = canvas.beginText(60, 700)
                words.setFont("STSong-Light", 12)
                words.setTextRenderMode(mode)
                words.textLine(text)
                canvas.drawText(words)
        canvas.showPage()
    canvas.save()
    return path


def edited(path: Path, change: Any, **write: Any) -> Path:
    writer = pypdf.PdfWriter(clone_from=str(path))
    change(writer)
    writer.write(str(path))
    return path


def test_text_lines_and_places(tmp_path: Path) -> None:
    content = read(typed(tmp_path / "t.pdf", pages=2))
    assert content.pages[0].text == "\n".join(LINES)
    assert not content.to_recognise
    first = content.pages[0].lines[0]
    assert first.text == LINES[0]
    assert first.box is not None
    assert first.box.page == 1
    assert (first.box.x0, first.box.y0) == pytest.approx((0.1, 0.06), abs=0.02)


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_places_are_those_of_the_upright_page(tmp_path: Path, rotate: int) -> None:
    content = read(typed(tmp_path / "t.pdf", rotate=rotate))
    box = content.pages[0].lines[0].box
    assert box is not None
    assert content.image is not None
    image = content.image(1)
    height, width = image.shape[:2]
    assert (content.pages[0].width > content.pages[0].height) == (rotate in (90, 270))
    inside = image[int(box.y0 * height) : int(box.y1 * height), int(box.x0 * width) : int(box.x1 * width)]
    assert inside.min() < 100  # the ink of the first line is where its box says


def test_cells_of_a_row_are_lines_of_their_own(tmp_path: Path) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(tmp_path / "c.pdf"))
    canvas.setFont("STSong-Light", 12)
    for x, text in ((60, "业主姓名"), (200, "钱一帆"), (340, "房号"), (460, "3-1-201")):
        canvas.drawString(x, 700, text)
    canvas.save()
    page = read(tmp_path / "c.pdf").pages[0]
    assert [line.text for line in page.lines] == ["业主姓名", "钱一帆", "房号", "3-1-201"]


@pytest.mark.parametrize(
    ("hidden", "shown", "needs"),
    [
        ("", "", True),
        ("别 人 识 别 的 文 字 层 内 容 很 多 很 多 但 是 不 可 信 的 文 字", "", True),
        ("", "收", True),
        ("", "这一页的底图只是信纸，正文是打印上去的文字，所以不必识别图像里的内容。", False),
    ],
)
def test_which_pages_need_recognition(tmp_path: Path, hidden: str, shown: str, needs: bool) -> None:
    assert bool(read(scanned(tmp_path / "s.pdf", hidden, shown)).to_recognise) == needs


def test_a_blank_page_is_blank_and_a_drawing_is_not(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "b.pdf"))
    canvas.showPage()
    for index in range(60):
        canvas.line(50, 50 + 10 * index, 500, 60 + 10 * index)
    canvas.showPage()
    canvas.save()
    content = read(tmp_path / "b.pdf")
    assert content.pages[0].blank
    assert content.to_recognise == {2}


def test_garbled_text_layers() -> None:
    assert is_broken("\ue001\ue002\ue003" * 10)
    assert is_broken("\u4ba9\u3c52\u4abf\u3ef3\u4d8f\u40a1\u3a5c" * 6)
    assert is_broken("ä¸šä¸»èµ„æ–™å\x8d¡ ç‰©ä¸šæœ\x8dåŠ¡ä¸\xadå¿ƒ")
    assert not is_broken("业主资料卡 物业服务中心 房号 3-1-201 联系电话")
    assert not is_broken("業主資料卡 物業服務中心 聯繫電話 簽署 驗房")
    assert not is_broken("Door 3, access 24h, naïve café résumé of the owner's façade")
    assert not is_broken("")


def test_a_font_that_does_not_tell_its_characters_is_noticed(tmp_path: Path) -> None:
    from archive.bootstrap import FONT

    pdfmetrics.registerFont(TTFont("own", str(FONT)))
    path = tmp_path / "u.pdf"
    canvas = Canvas(str(path))
    canvas.setFont("own", 12)
    for index, text in enumerate(
        ("客服人员应在接到业主来电后如实填写登记表。", "每季度末统计回访情况，由主管签字。")
    ):
        canvas.drawString(60, 780 - 30 * index, text)
    canvas.save()
    assert not read(path).to_recognise

    def forget(writer: pypdf.PdfWriter) -> None:
        for found in writer._objects:
            if isinstance(found, DictionaryObject):
                found.pop("/ToUnicode", None)

    content = read(edited(path, forget))
    assert codes(content) == ["broken_text_layer"]
    assert content.to_recognise == {1}


def test_a_text_layer_in_another_alphabet_is_noticed() -> None:
    """Wrong maps give real characters, only never those that people write."""
    letters = "客服人员应在接到业主来电后如实填写登记表，并于当日将处理结果告知业主，每季度末统计回访情况。"
    assert not is_broken(letters * 2)
    shifted = "".join(chr(ord(c) + 37) if c > "\u4e00" else c for c in letters)
    assert is_broken(shifted * 2)
    names = "钱一帆 周望舒 孙百川 赵小禾 唐彩霞 黄明辉 陈大文 李小明 黄志强 王芳 刘洋 张伟 吴迪 郑爽 冯军 蒋琳 韩梅"
    assert not is_broken(names)


def test_passwords(tmp_path: Path) -> None:
    for user, expected in (("geheim", ["password_needed"]), ("", [])):
        path = typed(tmp_path / "p.pdf")
        writer = pypdf.PdfWriter(clone_from=str(path))
        writer.encrypt(user_password=user, owner_password="owner", algorithm="AES-256")
        writer.write(str(path))
        content = read(path)
        assert codes(content) == expected
        assert bool(content.pages) == (not expected)


def javascript(writer: pypdf.PdfWriter) -> None:
    script = {
        NameObject("/S"): NameObject("/JavaScript"),
        NameObject("/JS"): TextStringObject("app.alert('x')"),
    }
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(DictionaryObject(script))


def launch_on_page(writer: pypdf.PdfWriter) -> None:
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")}
    )
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): writer._add_object(action)})


def submit_on_click(writer: pypdf.PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/SubmitForm")})
    chained = DictionaryObject(
        {NameObject("/S"): NameObject("/GoTo"), NameObject("/Next"): ArrayObject([action])}
    )
    link = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): chained})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])


@pytest.mark.parametrize(
    ("change", "named"),
    [(javascript, "JavaScript"), (launch_on_page, "calc.exe"), (submit_on_click, "SubmitForm")],
)
def test_actions_are_named_and_refused(tmp_path: Path, change: Any, named: str) -> None:
    content = read(edited(typed(tmp_path / "a.pdf"), change))
    assert codes(content) == ["active_content"]
    assert named in content.problems[0].message
    assert not content.pages


def test_links_are_no_actions_and_attachments_are_listed(tmp_path: Path) -> None:
    def change(writer: pypdf.PdfWriter) -> None:
        uri = DictionaryObject(
            {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): TextStringObject("http://x")}
        )
        link = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): uri})
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])
        writer.add_attachment("清单.xlsx", b"data")

    content = read(edited(typed(tmp_path / "l.pdf"), change))
    assert codes(content) == ["attachments"]
    assert "清单.xlsx" in content.problems[0].message


def test_form_fields_are_text(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "f.pdf"))
    canvas.drawString(60, 780, "Repair request of the owner")
    canvas.acroForm.textfield(name="house", value="3-1-201", x=60, y=700)
    canvas.save()
    content = read(tmp_path / "f.pdf")
    assert "house\t3-1-201" in content.pages[0].text


@pytest.mark.parametrize("share", [0.4, 0.7, 0.95])
def test_a_scan_cut_off_gives_the_pages_that_arrived(tmp_path: Path, share: float) -> None:
    path = tmp_path / "s.pdf"
    canvas = Canvas(str(path), pagesize=(595, 842))
    for number in range(8):
        noise = Image.effect_noise((300, 400), 40 + number)
        out = io.BytesIO()
        noise.save(out, "PNG")
        canvas.drawImage(ImageReader(Image.open(out)), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    content = read(path)
    (found,) = content.problems
    assert found.code in ("damaged", "damaged_partly")
    if found.code == "damaged_partly":
        assert 0 < int(found.details["saved"]) < 8
        assert content.to_recognise


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF", b"%PDF-1.4\n1 0 obj<</Type/Page>>endobj\n"]
)
def test_nothing_to_save(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "n.pdf"
    path.write_bytes(data)
    assert codes(read(path)) == ["damaged"]


def test_too_many_pages(tmp_path: Path) -> None:
    assert codes(read(typed(tmp_path / "m.pdf", pages=5), Limits(pages=4))) == ["too_many_pages"]


def test_a_page_of_any_size_stays_under_the_pixels(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "h.pdf"), pagesize=(14000, 14000))
    canvas.rect(0, 0, 13000, 13000, fill=1)
    canvas.save()
    content = read(tmp_path / "h.pdf", Limits(pixels=2_000_000))
    assert content.image is not None
    assert content.image(1).shape[0] * content.image(1).shape[1] <= 2_010_000
