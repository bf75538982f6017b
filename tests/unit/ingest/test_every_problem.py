"""Every code of the table has a file, a page or a child that yields it; what has none is not to be told to anybody."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from ingest import reader as reader_module
from ingest import render, sniff
from ingest.documents.claims import disagreements, rows_lost
from ingest.facts import FileFacts, Limits, Problem, RevisionRow
from ingest.pipeline import Pipeline
from ingest.problems import TEMPLATES
from ingest.reader import Reader, ReadError
from ingest.understand import understand
from schemas import load_pack
from tests.unit.ingest.containers import old_word
from tests.unit.ingest.manuals import Manual, track
from tests.unit.ingest.test_documents import PLANTED, changed
from tests.unit.ingest.test_documents import TestPdf as PdfManuals
from tests.unit.ingest.test_pdf import edited, javascript, scanned, typed
from tests.unit.ingest.understand.building import line, page, title
from tests.unit.ingest.understand.building import pack as small_pack
from tests.unit.ingest.understand.test_codes_and_pages import coded, codes_of
from tests.unit.ingest.understand.test_marks import entries, form

pytestmark = pytest.mark.slow
PACK = load_pack()
SPEAK = "import os,struct,time\nos.read(0, 1 << 20)\ndef say(b): os.write(1, struct.pack('>I', len(b)) + b)\n"


def of_file(path: Path, name: str = "", **limits: Any) -> set[str]:
    return codes(Pipeline(PACK).read(path, name or path.name, Limits(**limits)))


def codes(facts: FileFacts) -> set[str]:
    found: list[Problem] = [*facts.problems]
    for record in facts.records:
        found += [*record.problems, *(record.document.findings if record.document else ())]
    return {p.code for p in found}


def of_bytes(data: bytes, name: str, **limits: Any) -> Callable[[Path], set[str]]:
    def yields(folder: Path) -> set[str]:
        (folder / name).write_bytes(data)
        return of_file(folder / name, **limits)

    return yields


def of_zip(parts: dict[str, bytes], **limits: Any) -> Callable[[Path], set[str]]:
    def yields(folder: Path) -> set[str]:
        with zipfile.ZipFile(folder / "z.docx", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
        return of_file(folder / "z.docx", **limits)

    return yields


def of_document(change: Callable[[Any], object]) -> Callable[[Path], set[str]]:
    def yields(folder: Path) -> set[str]:
        document = docx.Document()
        document.add_paragraph("停水通知")
        change(document)
        document.save(str(folder / "d.docx"))
        return of_file(folder / "d.docx")

    return yields


def of_pdf(change: Callable[[pypdf.PdfWriter], object]) -> Callable[[Path], set[str]]:
    return lambda folder: of_file(edited(typed(folder / "p.pdf"), change))


def of_child(script: str, **limits: Any) -> Callable[[Path], set[str]]:
    """What a reader says of a child that behaves like this."""

    def yields(folder: Path) -> set[str]:
        with pytest.MonkeyPatch.context() as patch, Reader() as reader:
            patch.setattr(reader_module, "COMMAND", (sys.executable, "-c", SPEAK + script))
            patch.setattr(reader_module, "_START_SECONDS", 2.0)
            return codes(reader.read_file(typed(folder / "c.pdf"), limits=Limits(**limits)))

    return yields


def of_manual(**changes: Any) -> Callable[[Path], set[str]]:
    return lambda folder: of_file(Manual(**changes).save(folder / "m.docx"))


def of_page(*texts: str, heading: str = "业主资料卡") -> Callable[[Path], set[str]]:
    def yields(folder: Path) -> set[str]:
        lines = [line(0.1, 0.2 + 0.04 * i, text) for i, text in enumerate(texts)]
        return told(understand([page(title(heading), *lines)], small_pack()))

    return yields


def told(records: Iterable[Any]) -> set[str]:
    return {p.code for record in records for p in record.problems}


def encrypted(writer: pypdf.PdfWriter) -> None:
    writer.encrypt(user_password="geheim", owner_password="owner", algorithm="AES-256")


def without_marker(folder: Path) -> set[str]:
    path = scanned(folder / "s.pdf", pages=3)
    path.write_bytes(path.read_bytes().replace(b"%%EOF", b"").replace(b"startxref", b""))
    return of_file(path)


def with_a_tree_in_circles(folder: Path) -> set[str]:
    """A list of pages that holds itself: pdfium shows the one page, pypdf goes around until it gives up."""
    text = b"BT /F1 12 Tf 50 700 Td (Notice of the works on the lift in house three) Tj ET"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 2/Kids[3 0 R 2 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % table
    (folder / "c.pdf").write_bytes(out)
    return of_file(folder / "c.pdf")


def with_an_unreadable_page(folder: Path) -> set[str]:
    first, second = Image.effect_noise((200, 300), 60), Image.effect_noise((200, 300), 50)
    first.save(folder / "t.tif", save_all=True, append_images=[second], compression="tiff_lzw")
    path = folder / "t.tif"
    with Image.open(path) as picture:
        picture.seek(1)
        place = picture.tag_v2[273][0]
    data = bytearray(path.read_bytes())
    data[place : place + 4000] = bytes(4000)
    path.write_bytes(bytes(data))

    def recognise(image: Any, dpi: int | None = None, *, number: int = 1) -> Any:
        return page(number=number)

    return codes(Pipeline(PACK, recognise=recognise).read(path, path.name, Limits()))


def without_engine(folder: Path) -> set[str]:
    def missing(image: Any, dpi: int | None = None, *, number: int = 1) -> Any:
        raise ImportError("no library", name="tesseract-ocr")

    return codes(Pipeline(PACK, recognise=missing).read(scanned(folder / "s.pdf"), "s.pdf", Limits()))


def of_large_image(folder: Path) -> set[str]:
    Image.new("1", (3000, 3000)).save(folder / "a.png")
    return of_file(folder / "a.png", pixels=1_000_000)


def without_font(folder: Path) -> set[str]:
    (folder / "a.txt").write_text("停水通知", encoding="utf-8")
    with pytest.raises(render.RenderError) as caught:
        render.render_page(folder / "a.txt", sniff.TEXT, 1, 600, font=None)
    return {caught.value.problem.code}


def out_of_memory(folder: Path) -> set[str]:
    Image.new("L", (9000, 9000), 255).save(folder / "big.png")
    with Reader() as reader, pytest.raises(ReadError) as caught:
        reader.render(folder / "big.png", "image/png", 1, 6000, Limits(memory=1 << 24, recognition=1 << 25))
    return {caught.value.code}


def tracked(folder: Path) -> set[str]:
    path = Manual().save(folder / "m.docx")
    track(path, "每月清理", "每月清理一次", "")
    return of_file(path)


def contradicting(folder: Path) -> set[str]:
    from ingest.barcode import Slip

    sheet = page(title("业主资料卡"), line(0.1, 0.2, "房号：3栋2单元1203"))
    return told(understand([coded(sheet, Slip("form", "house_inspection", "3-2-1203"))], small_pack()))


def unticked(folder: Path) -> set[str]:
    drawn = form().line(120, 300, "违章性质").line(300, 300, "□一般违章 □重大违章", read="一般违章 重大违章")
    return told([drawn.record()])


def linked(document: Any) -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    document.part.relate_to("http://example.org/a.png", kind, is_external=True)


def commented(document: Any) -> None:
    document.add_comment(document.paragraphs[0].add_run("！"), "请核对", author="甲")


def embedded(document: Any) -> None:
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    part = Part(PackURI("/word/embeddings/a.xlsx"), "application/x", b"data", document.part.package)
    document.part.relate_to(
        part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package"
    )


def starting_a_program(document: Any) -> None:
    field = f'<w:fldSimple {nsdecls("w")} w:instr="DDEAUTO cmd x"><w:r><w:t>x</w:t></w:r></w:fldSimple>'
    document.paragraphs[0]._p.append(parse_xml(field))


CLAIM = RevisionRow("", "3.2", "N-1", "A/1", "甲", "2026-03-01", "乙", "2026-03-02")


def wrongly_claimed() -> set[str]:
    """A control page that names a chapter which did not change, and not the one that did."""
    old = "3.1 信件24小时内送达。\n3.2 挂号信须由收件人本人签收。\n"
    return {p.code for p in disagreements(old, old.replace("24", "12"), [CLAIM], "A/1")}


FIXTURES: dict[str, Callable[[Path], set[str]]] = {
    "empty_file": of_bytes(b"", "a.pdf"),
    "file_too_large": of_bytes(b"%PDF-1.4" + bytes(100), "a.pdf", file=50),
    "file_missing": lambda folder: codes(Reader().read_file(folder / "gone.pdf")),
    "wrong_extension": lambda folder: of_file(typed(folder / "p.pdf"), "通知.docx"),
    "kept_unreadable": of_zip({"ppt/presentation.xml": b"<a/>"}),
    "kept_with_text": lambda folder: of_file(old_word(folder / "a.doc", "停水通知，本周六停水。")),
    "unknown_format": of_bytes(bytes(range(256)) * 4, "a.xyz"),
    "executable": of_bytes(b"MZ\x90\x00" + bytes(500), "a.exe"),
    "archive_container": of_zip({"a.txt": b"x"}),
    "macro": of_zip({"word/document.xml": b"<a/>", "word/vbaProject.bin": b"x"}),
    "active_content": of_pdf(javascript),
    "zip_bomb": of_zip({"word/document.xml": bytes(40_000_000)}),
    "too_many_entries": of_zip({f"word/{i}.xml": b"" for i in range(30)}, entries=20),
    "unsafe_parts": of_zip({"word/document.xml": b"<a/>", "../../x": b"x"}),
    "too_many_pixels": of_large_image,
    "too_many_pages": lambda folder: of_file(typed(folder / "m.pdf", pages=5), pages=4),
    "damaged": of_bytes(b"%PDF-1.7\n", "a.pdf"),
    "damaged_partly": without_marker,
    "repaired": with_a_tree_in_circles,
    "password_needed": of_pdf(encrypted),
    "font_missing": without_font,
    "no_text": of_bytes(b" \n \n", "a.txt"),
    "page_unreadable": with_an_unreadable_page,
    "broken_text_layer": lambda folder: garbled(folder),
    "ocr_unavailable": without_engine,
    "attachments": of_document(embedded),
    "comments": of_document(commented),
    "tracked_changes": tracked,
    "external_parts": of_document(linked),
    "guessed_encoding": of_bytes("业主资料".encode("gb18030") * 300 + b"\xff\xff" * 3, "a.txt"),
    "time_limit": of_child("time.sleep(60)", seconds=0.2),
    "memory_limit": out_of_memory,
    "reader_crashed": of_child("os.abort()"),
    "reader_failed": of_child('say(b\'{"error": "reader_failed", "reason": "ValueError x.py:1"}\')'),
    "reader_garbled": of_child("say(b'[1, 2]')"),
    "type_unsure": of_page("房号：3栋2单元1203", "业主姓名：李春明", heading="租户入住意见征询单"),
    "code_contradicts": contradicting,
    "field_missing": of_page("房号：3栋2单元1203"),
    "field_unclear": unticked,
    "signature_missing": lambda folder: told([form().record()]),
    "seal_missing": lambda folder: told([form().record()]),
    "pages_missing": lambda folder: set(codes_of(1, 2, 4)),
    "pages_double": lambda folder: set(codes_of(1, 2, 2, 3, 4)),
    "pages_out_of_order": lambda folder: set(codes_of(1, 3, 2, 4)),
    "altered": lambda folder: told([entries(True)]),
    "page_out_of_range": lambda folder: of_file(
        PdfManuals.save(folder / "m.pdf", [tuple(row) for row in changed(3, pages="99")])
    ),
    **dict.fromkeys(("chapter_not_changed", "chapter_not_named"), lambda folder: wrongly_claimed()),
    "rows_lost": lambda folder: {p.code for p in rows_lost([CLAIM], [], major=False)},
    **{code: of_manual(**changes) for code, changes in PLANTED.values()},
}


BY_ISSUING = {"not_written", "reference_withdrawn"}
"""What only the issue of a revision finds: tests/integration/test_document_life.py yields them."""


def garbled(folder: Path) -> set[str]:
    canvas = Canvas(str(folder / "g.pdf"))
    for index in range(5):
        canvas.drawString(60, 700 - 20 * index, "Ã¤Â¸Å¡Ã¤Â¸Â»Ã¨Âµâ€ž" * 3)
    canvas.save()

    def recognise(image: Any, dpi: int | None = None, *, number: int = 1) -> Any:
        return page(number=number)

    return codes(Pipeline(PACK, recognise=recognise).read(folder / "g.pdf", "g.pdf", Limits()))


def test_no_code_is_without_a_fixture() -> None:
    assert set(FIXTURES) | BY_ISSUING == set(TEMPLATES)
    assert not set(FIXTURES) & BY_ISSUING


@pytest.mark.parametrize("code", FIXTURES)
def test_a_fixture_yields_its_code(tmp_path: Path, code: str) -> None:
    assert code in FIXTURES[code](tmp_path)
