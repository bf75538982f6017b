"""The open samples: every awkward file gets what its line asks for, every controlled document reads as its truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest import sniff
from ingest.documents import document_of
from ingest.facts import FileState, Limits
from ingest.formats import content_of
from ingest.pipeline import Pipeline
from schemas import load_pack

AWKWARD = {
    "空文件.pdf": (FileState.REFUSED, ["empty_file"], ""),
    "通知.docx": (FileState.READ, ["wrong_extension"], "PDF"),
    "回访-传输中断.pdf": (FileState.UNREADABLE, ["damaged"], "重新扫描"),
    "规程-损坏.docx": (FileState.UNREADABLE, ["damaged"], "重新导出"),
    "加密协议.pdf": (FileState.UNREADABLE, ["password_needed"], "密码"),
    "问卷(含脚本).pdf": (FileState.REFUSED, ["active_content"], "JavaScript"),
    "手册(带宏).docm": (FileState.REFUSED, ["macro"], "宏"),
    "普通规程.docx": (FileState.REFUSED, ["zip_bomb"], "解压"),
    "平面图.png": (FileState.REFUSED, ["too_many_pixels"], "20000×20000"),
}


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_files(shared: Path, name: str) -> None:
    state, codes, says = AWKWARD[name]
    pipeline = Pipeline(load_pack(), understand=lambda *_: ())
    facts = pipeline.read(shared / "samples" / "open" / "awkward" / name, name, Limits())
    assert facts.state == state
    assert [p.code for p in facts.problems] == codes
    assert says in facts.problems[0].message


def test_every_awkward_file_is_expected_here(shared: Path) -> None:
    listed = {Path(line["file"]).name for line in _lines(shared / "samples" / "open" / "awkward.jsonl")}
    assert listed - {"upload_names.json"} == set(AWKWARD)


def test_names_never_decide_and_never_fail(shared: Path) -> None:
    path = shared / "samples" / "open" / "awkward" / "通知.docx"
    for entry in json.loads((path.parent / "upload_names.json").read_text("utf-8")):
        found = sniff.sniff(path, entry["name"], Limits())
        assert found.media_type == sniff.PDF


def test_controlled_documents_read_as_their_truth(shared: Path) -> None:
    folder = shared / "samples" / "open"
    for truth in _lines(folder / "documents.jsonl"):
        if truth["format"] == "doc" or not truth.get("text_layer", True):
            continue
        path = folder / truth["file"]
        kind = sniff.sniff(path, path.name, Limits()).media_type
        found = document_of(content_of(path, kind, Limits()))
        assert found is not None, path.name
        assert (found.number, found.title, found.revision) == (
            truth["number"],
            truth["title"],
            truth["cover_revision"],
        )
        people = [
            {"by": found.prepared_by, "date": str(found.prepared_on)},
            {"by": found.reviewed_by, "date": str(found.reviewed_on)},
            {"by": found.approved_by, "date": str(found.approved_on)},
        ]
        assert people == [truth["prepared"], truth["checked"], truth["approved"]]
        assert str(found.effective) == truth["effective"]
        names = ("clause", "notice", "status", "changed_by", "changed_on", "approved_by", "approved_on")
        rows = [
            (r.chapter, r.notice, r.state, r.changed_by, r.changed_on, r.approved_by, r.approved_on)
            for r in found.control_page
        ]
        assert rows == [tuple(row[name] for name in names) for row in truth["control_page"]]
        assert [number for number, _ in found.chapters] == truth["clauses"]
        assert bool(found.findings) == bool(truth["anomalies"]), [p.message for p in found.findings]
        assert found.tracked_changes == len(truth.get("tracked", []))
