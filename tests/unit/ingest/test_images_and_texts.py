"""Images by their header first; texts in the encodings that offices still use; what is kept as it is."""

from __future__ import annotations

import struct
import zlib
from email.message import EmailMessage
from pathlib import Path

import numpy
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ingest.facts import Limits
from ingest.read import image, office, text
from ingest.read.text import decode, looks_like_text

ZH = "业主资料卡\n房号：3栋1单元201\n业主于2024年5月6日签收，请管理处存档。\n"
HK = "業主資料卡\n房號：3座1單元201\n業主於2024年5月6日簽收，請管理處存檔。\n"


def codes(content: object) -> list[str]:
    return [p.code for p in content.problems]  # type: ignore[attr-defined]


class TestImages:
    def test_pages_of_a_tiff(self, tmp_path: Path) -> None:
        pages = [Image.new("1", (200, 300), n % 2) for n in range(3)]
        pages[0].save(
            tmp_path / "t.tif", save_all=True, append_images=pages[1:], compression="group4", dpi=(300, 300)
        )
        content = image.read(tmp_path / "t.tif", Limits(), "image/tiff")
        assert content.to_recognise == {1, 2, 3}
        assert content.image is not None
        assert content.dpi is not None
        assert [content.image(n).shape for n in (3, 1, 2)] == [(300, 200)] * 3
        assert content.dpi(2) == 300

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_orientation_entries_are_undone(self, tmp_path: Path, orientation: int) -> None:
        upright = numpy.zeros((40, 20, 3), numpy.uint8)
        upright[:10, :5] = (250, 0, 0)
        stored = {
            1: upright,
            2: upright[:, ::-1],
            3: upright[::-1, ::-1],
            4: upright[::-1],
            5: upright.transpose(1, 0, 2),
            6: upright.transpose(1, 0, 2)[::-1],
            7: upright.transpose(1, 0, 2)[::-1, ::-1],
            8: upright.transpose(1, 0, 2)[:, ::-1],
        }[orientation]
        picture = Image.fromarray(numpy.ascontiguousarray(stored))
        exif = picture.getexif()
        exif[0x0112] = orientation
        picture.save(tmp_path / "o.png", exif=exif)
        content = image.read(tmp_path / "o.png", Limits(), "image/png")
        assert content.image is not None
        assert numpy.array_equal(content.image(1), upright)
        assert (content.pages[0].width, content.pages[0].height) == (20, 40)

    def test_a_pixel_bomb_is_told_by_its_header(self, tmp_path: Path) -> None:
        def chunk(kind: bytes, data: bytes) -> bytes:
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

        header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
        path = tmp_path / "b.png"
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")))
        content = image.read(path, Limits(), "image/png")
        assert codes(content) == ["too_many_pixels"]
        assert content.problems[0].details["width"] == "60000"

    def test_damage_is_told_when_the_pixels_are_asked_for(self, tmp_path: Path) -> None:
        Image.effect_noise((400, 400), 60).save(tmp_path / "d.jpg")
        data = (tmp_path / "d.jpg").read_bytes()
        (tmp_path / "d.jpg").write_bytes(data[: len(data) // 2])
        content = image.read(tmp_path / "d.jpg", Limits(), "image/jpeg")
        assert content.image is not None
        with pytest.raises(OSError, match="truncated"):
            content.image(1)
        (tmp_path / "x.png").write_bytes(b"\x89PNG\r\n\x1a\nxxxx")
        assert codes(image.read(tmp_path / "x.png", Limits(), "image/png")) == ["damaged"]

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
    def test_every_mode_becomes_grey_or_colour_of_eight_bits(self, mode: str) -> None:
        array = image.to_array(Image.new(mode, (4, 6)))
        assert array.dtype == numpy.uint8
        assert array.shape in ((6, 4), (6, 4, 3))

    def test_transparent_paper_is_white(self) -> None:
        assert image.to_array(Image.new("RGBA", (2, 2), (0, 0, 0, 0))).min() == 255


class TestTexts:
    @pytest.mark.parametrize(
        ("written", "encoding"),
        [
            (ZH, "utf-8"),
            (ZH, "utf-8-sig"),
            (ZH, "gb18030"),
            (HK, "big5"),
            (HK, "gb18030"),
            (ZH, "utf-16"),
            (ZH, "utf-16-le"),
            (HK, "utf-16-be"),
            ("Notice to owners\n", "ascii"),
        ],
    )
    def test_encodings(self, tmp_path: Path, written: str, encoding: str) -> None:
        path = tmp_path / "t.txt"
        path.write_bytes(written.encode(encoding))
        content = text.read(path, Limits())
        assert content.pages[0].text == written.strip()
        assert not content.problems
        assert looks_like_text(path.read_bytes()[:8192])

    def test_a_guess_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "t.txt"
        path.write_bytes(ZH.encode("gb18030") + b"\xff\xff\xff")
        assert codes(text.read(path, Limits())) == ["guessed_encoding"]

    def test_line_ends_are_one_kind(self, tmp_path: Path) -> None:
        (tmp_path / "t.txt").write_bytes(b"a\r\nb\rc\n\n")
        content = text.read(tmp_path / "t.txt", Limits())
        assert content.pages[0].text == "a\nb\nc"
        assert [line.text for line in content.pages[0].lines] == ["a", "b", "c"]

    @settings(max_examples=200, deadline=None)
    @given(st.binary(max_size=300))
    def test_any_bytes_decode(self, data: bytes) -> None:
        written, bad, encoding = decode(data)
        assert isinstance(written, str)
        assert bad >= 0
        assert encoding

    @settings(max_examples=100, deadline=None)
    @given(st.integers(1, 60))
    def test_a_head_cut_inside_a_character_is_still_text(self, cut: int) -> None:
        for encoding in ("utf-8", "gb18030"):
            assert looks_like_text((ZH * 3).encode(encoding)[:-cut])

    def test_an_empty_text(self, tmp_path: Path) -> None:
        (tmp_path / "t.txt").write_bytes(b" \n")
        assert codes(text.read(tmp_path / "t.txt", Limits())) == ["no_text"]


class TestKeptOffice:
    def test_cells_of_a_workbook(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        book.active.append(["房号", "业主", None])  # type: ignore[union-attr]
        book.active.append(["3-1-201", "钱一帆", 12])  # type: ignore[union-attr]
        book.save(tmp_path / "b.xlsx")
        content = office.read_sheets(tmp_path / "b.xlsx", Limits())
        assert "3-1-201\t钱一帆\t12" in content.pages[0].text

    def test_a_message_with_attachment(self, tmp_path: Path) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "装修投诉"
        mail.set_content("三楼装修噪音。")
        mail.add_attachment(b"x", maintype="image", subtype="png", filename="照片.png")
        (tmp_path / "m.eml").write_bytes(bytes(mail))
        content = office.read_mail(tmp_path / "m.eml", Limits())
        assert "主题:装修投诉" in content.pages[0].text
        assert "三楼装修噪音。" in content.pages[0].text
        assert codes(content) == ["attachments"]
