"""Word files: everything a person sees, in order, the same as python-docx where that can see it."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.table import Table

from ingest.facts import Limits
from ingest.read import docx as reader
from ingest.read.content import Change, Content
from tests.unit.ingest.manuals import Manual, track

NS = nsdecls("w")


def read(path: Path) -> Content:
    return reader.read(path, Limits())


def saved(document: Any, path: Path) -> Content:
    document.save(str(path))
    return read(path)


def text_of(content: Content) -> str:
    return "\n".join(page.text for page in content.pages)


def rewrite(path: Path, part: str, change: Any) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


@pytest.mark.parametrize("layout", ["lines", "grid", "columns"])
def test_body_is_what_python_docx_reads(tmp_path: Path, layout: str) -> None:
    path = Manual().save(tmp_path / "m.docx", layout)
    expected: list[str] = []
    for item in docx.Document(str(path)).iter_inner_content():
        if isinstance(item, Table):
            expected += ["\t".join(cell.text for cell in row.cells) for row in item.rows]
        else:
            expected.append(item.text)
    ours = [
        line for b in read(path).blocks if b.kind in ("paragraph", "table") for line in b.text.split("\n")
    ]
    assert [x.strip() for x in ours if x.strip()] == [x.strip() for x in expected if x.strip()]


def test_headers_come_first_footers_last_and_page_numbers_never(tmp_path: Path) -> None:
    lines = text_of(read(Manual().save(tmp_path / "m.docx"))).split("\n")
    assert lines[0].startswith("晴川物业服务有限公司\t编号:XL-SF-07")
    assert lines.count(lines[0]) == 1
    assert not any("页 共" in line for line in lines)


def test_explicit_breaks_make_pages(tmp_path: Path) -> None:
    content = read(Manual().save(tmp_path / "m.docx"))
    assert [page.lines[-1].text for page in content.pages[:2]] == [
        "说明：红色印章为受控文件",
        "4\t5.0\tGGTZ-2025-001\tB/0\t钱一帆/2025.01.08\t孙百川/2025.01.15",
    ]
    assert all(line.box is None for page in content.pages for line in page.lines)


def test_merged_cells_stand_once(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "宽"
    table.cell(1, 2).merge(table.cell(2, 2)).text = "高"
    table.cell(2, 0).text = "末"
    (block,) = [b for b in saved(document, tmp_path / "t.docx").blocks if b.kind == "table"]
    assert block.rows == (("宽", "", ""), ("", "", "高"), ("末", "", ""))
    assert block.merged == {(2, 2)}


def test_tracked_changes_are_seen_and_joined(tmp_path: Path) -> None:
    path = Manual().save(tmp_path / "m.docx")
    track(path, "24小时", "24小时", "12小时")
    content = read(path)
    assert content.changes == (Change("24小时", "12小时"),)
    assert "邮件应在12小时内送达" in text_of(content)
    assert "24小时" not in text_of(content)


def test_moves_and_formats_count_as_changes(tmp_path: Path) -> None:
    document = docx.Document()
    by = f'{NS} w:id="1" w:author="甲"'
    moved = (
        f"<w:p {NS}><w:moveFrom {by}><w:r><w:t>移走</w:t></w:r></w:moveFrom><w:r><w:t>留下</w:t></w:r></w:p>"
    )
    bold = f"<w:p {NS}><w:r><w:rPr><w:b/><w:rPrChange {by}><w:rPr/></w:rPrChange></w:rPr><w:t>粗</w:t></w:r></w:p>"
    for xml in (moved, bold):
        document.element.body.insert(0, parse_xml(xml))
    content = saved(document, tmp_path / "c.docx")
    assert content.changes == (Change("移走", ""), Change("", ""))
    assert "移走" not in text_of(content)


def test_text_boxes_count_once_and_symbols_are_kept(tmp_path: Path) -> None:
    document = docx.Document()
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    box = "<w:txbxContent><w:p><w:r><w:t>框中字</w:t></w:r></w:p></w:txbxContent>"
    document.element.body.insert(
        0,
        parse_xml(
            f'<w:p {NS} xmlns:mc="{mc}"><w:r><w:t>前</w:t><mc:AlternateContent><mc:Choice Requires="wps">'
            f"<w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
            f'</mc:AlternateContent><w:sym w:font="Wingdings" w:char="F0FE"/><w:noBreakHyphen/><w:tab/>后</w:r></w:p>'
        ),
    )
    text = text_of(saved(document, tmp_path / "b.docx"))
    assert text.count("框中字") == 1
    assert "前☑-" in text


def test_content_controls_fields_and_comments(tmp_path: Path) -> None:
    document = docx.Document()
    control = "<w:sdt><w:sdtContent><w:p><w:r><w:t>控件内</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(0, parse_xml(control.replace("<w:sdt>", f"<w:sdt {NS}>")))
    paragraph = document.add_paragraph("正文")
    document.add_comment(paragraph.runs, text="请核对", author="乙", initials="乙")
    content = saved(document, tmp_path / "s.docx")
    assert text_of(content).split("\n") == ["控件内", "正文", "请核对"]
    assert [p.code for p in content.problems] == ["comments"]


def test_outside_references_are_named_and_not_fetched(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("正文")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    document.part.relate_to("http://example.org/a.png", kind + "image", is_external=True)
    document.part.relate_to("http://example.org/", kind + "hyperlink", is_external=True)
    content = saved(document, tmp_path / "x.docx")
    (found,) = content.problems
    assert (found.code, found.details["targets"]) == ("external_parts", "http://example.org/a.png")


def test_external_entities_and_entity_bombs_give_nothing_away(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    for body in (
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>',
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY x "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ):
        path = Manual().save(tmp_path / "e.docx")

        def change(data: bytes, body: str = body) -> bytes:
            head, rest = data.split(b"?>", 1)
            return head + b"?>" + body.encode() + rest.replace("收发室".encode(), b"&x;", 1)

        rewrite(path, "word/document.xml", change)
        assert "geheim" not in text_of(read(path))
        assert "aaaaaaaaaa" not in text_of(read(path))


@pytest.mark.parametrize(
    ("part", "data"),
    [
        ("word/document.xml", b"<w:document"),
        ("word/document.xml", b""),
        ("word/document.xml", b"<x/>"),
        ("_rels/.rels", b"<x"),
        ("word/numbering.xml", b"\x00\x01"),
    ],
)
def test_broken_parts_are_damage(tmp_path: Path, part: str, data: bytes) -> None:
    path = Manual().save(tmp_path / "m.docx")
    rewrite(path, part, lambda _: data)
    assert [p.code for p in read(path).problems] == ["damaged"]


def test_missing_relations_are_borne(tmp_path: Path) -> None:
    path = Manual().save(tmp_path / "m.docx")
    rewrite(path, "word/_rels/document.xml.rels", lambda data: data.replace(b"header1.xml", b"gone.xml"))
    assert "收发室管理作业规程" in text_of(read(path))


def test_deep_nesting_is_damage_not_a_crash(tmp_path: Path) -> None:
    path = Manual().save(tmp_path / "m.docx")
    deep = "<w:sdt><w:sdtContent>" * 3000 + "</w:sdtContent></w:sdt>" * 3000
    rewrite(
        path, "word/document.xml", lambda _: f"<w:document {NS}><w:body>{deep}</w:body></w:document>".encode()
    )
    assert [p.code for p in read(path).problems] == ["damaged"]


def test_numbers_as_word_prints_them(tmp_path: Path) -> None:
    from ingest.read import numbering

    levels = (
        '<w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="第%1章"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:isLgl/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>'
        '<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%3)"/></w:lvl>'
        '<w:lvl w:ilvl="3"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl>'
    )
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    root = parse_xml(
        f'<w:numbering {NS}><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        f'<w:num w:numId="2"><w:abstractNumId w:val="0"/>{override}</w:num></w:numbering>'
    )
    lists = numbering.parse(root)
    taken = [lists.label("1", d) for d in (0, 1, 1, 2, 2, 0, 1, 3)]
    assert taken == ["第三章", "3.1", "3.2", "a)", "b)", "第四章", "4.1", ""]
    assert [lists.label("2", 0), lists.label("2", 1), lists.label("9", 0)] == ["第一章", "1.1", ""]


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (105, "一百零五"),
        (110, "一百一十"),
        (2005, "二千零五"),
    ],
)
def test_chinese_numbers(number: int, written: str) -> None:
    from ingest.read.numbering import chinese

    assert chinese(number) == written


def test_fields_that_start_programs_are_named(tmp_path: Path) -> None:
    document = docx.Document()
    pieces = "".join(
        f"<w:r>{mark}</w:r>"
        for mark in (
            '<w:fldChar w:fldCharType="begin"/>',
            "<w:instrText>DDEAU</w:instrText>",
            "<w:instrText>TO cmd.exe</w:instrText>",
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>正文</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )
    document.element.body.insert(0, parse_xml(f"<w:p {NS}>{pieces}</w:p>"))
    content = saved(document, tmp_path / "d.docx")
    assert [(p.code, p.details["actions"]) for p in content.problems] == [("active_content", "域 DDEAUTO")]


def test_templates_from_elsewhere_and_embedded_files_are_named(tmp_path: Path) -> None:
    path = Manual().save(tmp_path / "m.docx")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{kind}" Target="http://example.org/t.dotm" TargetMode="External"/>'
        "</Relationships>"
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("word/_rels/settings.xml.rels", rels)
        archive.writestr("word/embeddings/费用.xlsx", b"x")
    assert {p.code: p.details for p in read(path).problems} == {
        "attachments": {"names": "费用.xlsx"},
        "external_parts": {"targets": "http://example.org/t.dotm"},
    }
