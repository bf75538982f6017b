"""A pack is checked as a whole: everything wrong in it, each with file, line, reason and suggestion."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from schemas import check_pack
from schemas.loader import OURS
from schemas.publish import published

BAD = """\
family: extra
record_types:
  - code: pet_registration
    zh: 宠物登记表
    en: Pet registration
    kind: from
    dossier: owner_fil
    access_class: secret
    retention: [owner-file-permanent]
    feilds: [house required]
    fields: [{code: x, zh: 甲, en: X, type: dat}]
    clauses: [004]
rules:
  - {id: new-rule, zh: 甲, en: X, period: two years, trigger: closed, clause: c}
obligations:
  - {code: late, zh: 甲, en: X, due: {after: closed}, who: staff, evidence: e, clause: c}
"""


def test_our_own_pack_has_no_finding() -> None:
    assert check_pack(OURS) == []


def test_what_is_published_is_what_the_code_says() -> None:
    for file, content in published().items():
        assert file.read_text(encoding="utf-8") == content, (
            f"run python -m schemas.publish: {file.name} is old"
        )


def test_every_finding_has_its_line_reason_and_suggestion(tmp_path: Path) -> None:
    (tmp_path / "extra.yaml").write_text(BAD, encoding="utf-8")
    findings = check_pack(tmp_path)
    expected = {6: "form", 7: "owner_file", 3: "fields", 11: "date", 14: "period", 16: "within"}
    for line, word in expected.items():
        near = [f for f in findings if f.line == line]
        assert near, (line, findings)
        assert any(word in f.suggestion or word in f.reason for f in near), near
    assert all(f.suggestion and f.reason for f in findings)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("record_types: &a [*a]\n", 1, "anchor"),
        ("record_types:\n  - code: a\n    code: b\n", 3, "twice"),
        ("record_types: [" * 30, 1, ""),
        ("record_types: {a: 1}\n", 1, "array"),
        ("a: !!python/object:os.system x\n", 1, "tag"),
        ("---\nfamily: a\n---\nfamily: b\n", 3, "second document"),
        ("family: \x00\n", 0, "character"),
    ],
)
def test_what_is_no_plain_yaml_is_refused(tmp_path: Path, text: str, line: int, reason: str) -> None:
    (tmp_path / "extra.yaml").write_text(text, encoding="utf-8")
    findings = check_pack(tmp_path)
    assert findings
    assert any(reason in f.reason for f in findings), findings
    assert any(abs(f.line - line) <= 1 for f in findings), findings


def test_a_folder_without_a_pack(tmp_path: Path) -> None:
    assert "no YAML file" in check_pack(tmp_path)[0].reason
    assert "no such folder" in check_pack(tmp_path / "nowhere")[0].reason


def test_a_very_wrong_file_is_reported_in_seconds(tmp_path: Path) -> None:
    wrong = "".join(f"  - {{code: t{n}, knd: form, zh: 甲{n}}}\n" for n in range(3000))
    (tmp_path / "extra.yaml").write_text("record_types:\n" + wrong, encoding="utf-8")
    start = time.process_time()
    findings = check_pack(tmp_path)
    assert time.process_time() - start < 10
    assert 10 < len(findings) <= 200


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("numbering: {form: 'R'}", "counts nothing"),
        ("archival_code: '{fonds}{item:04d}'", "nothing between"),
        ("archival_code: '{phase}-{item}'", "no part"),
        ("holidays: ['2026-13-01']", "no day"),
        ("shifts: ['17:00', '09:00']", "not in order"),
        ("long_term_years: 0", "at least 1"),
        ("holidays: ['2026-10-09']\nworkdays: ['2026-10-09']", "holiday and a working day"),
    ],
)
def test_settings_that_cannot_be(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "settings.yaml").write_text(text + "\n", encoding="utf-8")
    findings = check_pack(tmp_path)
    assert any(reason in f.reason or reason in f.suggestion for f in findings) or any(
        f.line == 1 for f in findings
    )
    assert findings
