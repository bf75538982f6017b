"""Kinds go by content; names are only compared; containers are looked into and guarded before unpacking."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ingest import sniff
from ingest.facts import Limits
from ingest.sniff import extension_problem
from tests.unit.ingest.manuals import Manual


def codes(path: Path, name: str = "", limits: Limits = Limits()) -> tuple[str, list[str]]:  # noqa: B008
    found = sniff.sniff(path, name or path.name, limits)
    return found.media_type, [p.code for p in found.problems]


def zipped(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"%PDF-1.7\n", sniff.PDF),
        (b"\xef\xbb\xbf\n%PDF-1.4", sniff.PDF),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"II*\x00....", "image/tiff"),
        (b"MM\x00*....", "image/tiff"),
        (b"\x00\x00\x00\x18ftypheic....", "image/heic"),
        (b"MZ\x90\x00....", "application/x-msdownload"),
        (b"\x7fELF....", "application/x-elf"),
        ("房号：3-1-201".encode(), sniff.TEXT),
        ("房号：3-1-201\r\n业主已签收，请存档。".encode("gb18030"), sniff.TEXT),
        ("房号".encode("utf-16"), sniff.TEXT),
        (b"From: a@example.org\nTo: b@example.org\nSubject: x\n\nhello", sniff.EML),
        (bytes(range(256)), sniff.UNKNOWN),
    ],
)
def test_kinds(tmp_path: Path, head: bytes, media_type: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(head)
    assert codes(path)[0] == media_type


def test_word_excel_and_their_macro_kinds(tmp_path: Path) -> None:
    document = Manual().save(tmp_path / "m.docx")
    assert codes(document) == (sniff.DOCX, [])
    book = openpyxl.Workbook()
    book.save(tmp_path / "b.xlsx")
    assert codes(tmp_path / "b.xlsx") == (sniff.XLSX, [])
    with zipfile.ZipFile(document, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    assert codes(document)[1] == ["macro"]


def test_old_office_kinds(tmp_path: Path) -> None:
    for stream, media_type in (
        ("WordDocument", sniff.DOC),
        ("Workbook", sniff.XLS),
        ("EncryptedPackage", sniff.OFFICE_LOCKED),
        ("Other", sniff.OLE),
    ):
        path = tmp_path / "x.bin"
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le"))
        assert codes(path, "")[0] == media_type


@pytest.mark.parametrize(
    ("media_type", "name", "wrong"),
    [
        (sniff.PDF, "通知.docx", True),
        (sniff.PDF, "通知.PDF", False),
        (sniff.PDF, "通知", False),
        (sniff.PDF, " 前后空格 .pdf ", False),
        (sniff.PDF, "..\\..\\a.docx", True),
        (sniff.DOC, "a.wps", False),
        ("image/jpeg", "扫描件.jpeg", False),
        (sniff.UNKNOWN, "a.xyz", False),
    ],
)
def test_wrong_extensions(media_type: str, name: str, wrong: bool) -> None:
    assert (extension_problem(media_type, name) is not None) == wrong


def test_an_empty_file_and_one_too_large(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"")
    assert codes(path)[1] == ["empty_file"]
    path.write_bytes(b"%PDF-1.4" + bytes(100))
    assert codes(path, limits=Limits(file=50))[1] == ["file_too_large"]


class TestContainers:
    def test_a_bomb_by_ratio_is_stopped_by_its_directory(self, tmp_path: Path) -> None:
        path = zipped(
            tmp_path / "b.docx", {"[Content_Types].xml": b"<Types/>", "word/document.xml": bytes(50_000_000)}
        )
        assert codes(path) == (sniff.DOCX, ["zip_bomb"])

    def test_a_bomb_by_size(self, tmp_path: Path) -> None:
        path = zipped(tmp_path / "b.docx", {"word/document.xml": bytes(1000)})
        assert codes(path, limits=Limits(unpacked=500))[1] == ["zip_bomb"]

    def test_a_directory_that_lies_is_caught_while_unpacking(self, tmp_path: Path) -> None:
        path = zipped(
            tmp_path / "b.docx", {"[Content_Types].xml": b"a" * 3_000_000, "word/document.xml": b"<a/>"}
        )
        data = path.read_bytes()
        # both headers say 10 bytes; the packed stream says otherwise
        data = data.replace((3_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
        path.write_bytes(data)
        kind, found = codes(path, limits=Limits(unpacked=1_000_000))
        assert kind == sniff.DOCX
        assert found in (["zip_bomb"], ["damaged"])

    def test_too_many_entries(self, tmp_path: Path) -> None:
        path = zipped(tmp_path / "e.docx", {f"word/{i}.xml": b"" for i in range(30)})
        assert codes(path, limits=Limits(entries=20))[1] == ["too_many_entries"]

    @pytest.mark.parametrize("name", ["../../etc/x", "/etc/x", "..\\x", "C:/x", "word/../../x"])
    def test_parts_that_lead_outside(self, tmp_path: Path, name: str) -> None:
        path = zipped(tmp_path / "p.docx", {"word/document.xml": b"<a/>", name: b"x"})
        assert codes(path)[1] == ["unsafe_parts"]

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
    def test_a_word_file_cut_off_is_damaged_not_a_zip(self, tmp_path: Path, share: float) -> None:
        path = Manual().save(tmp_path / "m.docx")
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])
        assert codes(path) == (sniff.DOCX, ["damaged"])


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"II*\x00"]),
)
def test_any_bytes_get_a_kind(tmp_path_factory: pytest.TempPathFactory, data: bytes, head: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.bin"
    path.write_bytes(head + data)
    assert sniff.sniff(path, "x.pdf", Limits()).media_type


def test_an_image_named_as_a_document(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("L", (10, 10)).save(out, "PNG")
    path = tmp_path / "申请表.docx"
    path.write_bytes(out.getvalue())
    assert codes(path) == ("image/png", ["wrong_extension"])
    docx.Document().save(str(path))
    assert codes(path, "申请表.png")[1] == ["wrong_extension"]
