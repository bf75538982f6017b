"""Following docs/adding-a-file-format.md word by word makes a new kind of file readable."""

from __future__ import annotations

import re
import sys
import types
import zipfile
from pathlib import Path

import pytest

import ingest.read
from ingest import formats, render, sniff
from ingest.facts import FileState, Limits
from ingest.pipeline import Pipeline
from schemas import load_pack
from tests.unit.ingest.drawing import FONTS

GUIDE = Path(__file__).parents[3] / "docs" / "adding-a-file-format.md"
XML = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:text>
<text:h text:outline-level="1">停水通知</text:h><text:p>本周六停水。</text:p>
<table:table><table:table-row><table:table-cell><text:p>楼栋</text:p></table:table-cell>
<table:table-cell><text:p>3栋</text:p></table:table-cell></table:table-row></table:table>
</office:text></office:body></office:document-content>"""


def odt(path: Path, xml: str = XML) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", xml)
    return path


SHEETS = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet>
<table:table table:name="停水通知"><table:table-row><table:table-cell><text:p>楼栋</text:p></table:table-cell>
<table:table-cell><text:p>3栋</text:p></table:table-cell></table:table-row></table:table>
</office:spreadsheet></office:body></office:document-content>"""


def ods(path: Path, xml: str = SHEETS) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", xml)
    return path


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> None:
    module_code, row = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    module = types.ModuleType("ingest.read.ods")
    monkeypatch.setitem(sys.modules, "ingest.read.ods", module)
    monkeypatch.setattr(ingest.read, "ods", module, raising=False)
    monkeypatch.setattr(formats, "FORMATS", dict(formats.FORMATS))
    monkeypatch.setattr(render, "FORMATS", formats.FORMATS)
    exec(compile(module_code, "ods.py", "exec"), module.__dict__)
    exec(compile(row, "row.py", "exec"), {})


def test_before_it_is_kept(tmp_path: Path) -> None:
    facts = Pipeline(load_pack()).read(ods(tmp_path / "a.ods"), "a.ods", Limits())
    assert facts.state == FileState.UNREADABLE
    assert [p.code for p in facts.problems] == ["kept_unreadable"]
    assert "ODS" in facts.problems[0].message


@pytest.mark.usefixtures("followed")
def test_then_it_is_read_and_shown(tmp_path: Path) -> None:
    path = ods(tmp_path / "a.ods")
    facts = Pipeline(load_pack()).read(path, "a.docx", Limits())
    assert facts.state == FileState.READ
    assert facts.pages[0].text == "停水通知\n楼栋\t3栋"
    assert [p.code for p in facts.problems] == ["wrong_extension"]
    kind = sniff.sniff(path, "", Limits()).media_type
    assert render.page_count(path, kind) == 1
    assert render.render_page(path, kind, 1, 400, font=FONTS[0]).startswith(b"\xff\xd8")
    broken = Pipeline(load_pack()).read(ods(tmp_path / "b.ods", "<x"), "b.ods", Limits())
    assert [p.code for p in broken.problems] == ["damaged"]
