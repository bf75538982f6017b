"""A pack from anywhere: whatever stands in its folder is reported in seconds, and nothing of it is half-loaded."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas import PackError, check_pack, load_pack

TYPE = """\
family: extra
record_types:
  - {code: a_form, zh: 甲表, en: A form, kind: form, dossier: none, access_class: internal, retention: [unscheduled],
     aliases: [ALIAS], decided_by: house, reason: for a test}
"""
CHAIN = zip("abcdefgh", "bcdefghi", strict=True)
BOMB = "a: &a [x, x, x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]\n" for a, b in CHAIN)


def text(content: str, name: str = "extra.yaml") -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(content, encoding="utf-8")


def data(content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / "extra.yaml").write_bytes(content)


def link_out(folder: Path) -> None:
    (folder / "extra.yaml").symlink_to("/etc/hostname")


def folder_out(folder: Path) -> None:
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "extra.yaml").write_text("family: secret words\n")
    (folder / "record_types").symlink_to(elsewhere)


def loop(folder: Path) -> None:
    (folder / "extra.yaml").symlink_to("extra.yaml")


def fifo(folder: Path) -> None:
    os.mkfifo(folder / "extra.yaml")


def many(folder: Path) -> None:
    for n in range(501):
        (folder / f"f{n}.yaml").write_text("family: a\n")


def heavy(folder: Path) -> None:
    for n in range(2):
        (folder / f"f{n}.yaml").write_text(f"family: {'x' * 900_000}\n")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (text(BOMB), "anchor"),
        (text("record_types: &a [*a]\n"), "anchor"),
        (text("a: " + "[" * 100_000), "too deep"),
        (data(b"a: b\n" * 10_000_000), "too large"),
        (data(bytes(range(256)) * 400), "UTF-8"),
        (data("family: 宠物\n".encode("gb18030")), "UTF-8"),
        (data("family: 宠物\n".encode("utf-16")), "UTF-8"),
        (data(b"family: a\r\nx: \x00\r\n"), "character"),
        (link_out, "out of the pack's folder"),
        (folder_out, "out of the pack's folder"),
        (loop, "circle"),
        (fifo, "no file"),
        (lambda folder: (folder / "extra.yaml").mkdir(), "no file"),
        (many, "501 files"),
        (heavy, "pack is too large"),
        (text("family: [a\n"), ""),
        (text("family: a\nfamilly: b\n"), "familly"),
        (text("rules: [{id: r, zh: 甲, en: x, period: P2Y, clause: c}]\n"), "no start"),
        (text("rules: [{id: r, zh: 甲, en: x, period: P2Y, trigger: full_moon, clause: c}]\n"), "full_moon"),
        (text(TYPE.replace("ALIAS", "回访记录")), "names both"),
        (text("access_classes: [{code: secret, grant_days: 99999999999999}]\n"), "grant_days"),
        (text("long_term_years: 5000\n", "settings.yaml"), "long_term_years"),
        (text("roles: [{code: a, zh: 甲, en: x, excludes: [a]}]\n"), "excludes itself"),
        (text("".join(f"k{n}: 1\n" for n in range(40_000))), "more is no known key"),
        (text("family: a\n", "extra.yml"), "not read"),
    ],
)
def test_what_cannot_be_is_reported_quickly(
    tmp_path: Path, make: Callable[[Path], object], reason: str
) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    make(folder)
    start = time.process_time()
    findings = check_pack(folder)
    assert time.process_time() - start < 10
    assert any(reason in finding.reason for finding in findings), findings
    for finding in findings:
        assert finding.suggestion
        assert finding.file.is_relative_to(folder)
        assert len(finding.reason) < 1000
        assert "secret words" not in finding.reason
    if findings[0].reason != "this file is not read" and "no YAML file" not in findings[0].reason:
        with pytest.raises(PackError):
            load_pack(folder)


def test_links_inside_the_folder_are_followed(tmp_path: Path) -> None:
    """As orchestrators mount configuration: a link to a file below the folder."""
    (tmp_path / "..data").mkdir()
    (tmp_path / "..data" / "extra.yaml").write_text(TYPE.replace("ALIAS", "甲的表"), encoding="utf-8")
    (tmp_path / "extra.yaml").symlink_to("..data/extra.yaml")
    assert "a_form" in load_pack(tmp_path).record_types


def test_a_retired_type_is_known_and_no_longer_offered(tmp_path: Path) -> None:
    (tmp_path / "extra.yaml").write_text(
        "record_types: [{code: gas_agreement, retired: true}, {code: callback_record, retired: true}]\n",
        encoding="utf-8",
    )
    assert check_pack(tmp_path) == []
    pack = load_pack(tmp_path)
    assert "gas_agreement" in pack.record_types
    assert not {"gas_agreement", "callback_record"} & {kind.code for kind in pack.offered}
    ours = load_pack()
    missing = {code for line in pack.dossiers["owner_file"].missing(()) for code in line.types}
    assert missing == {c for line in ours.dossiers["owner_file"].missing(()) for c in line.types} - {
        "gas_agreement"
    }
    there = {code for line in pack.dossiers["owner_file"].expected({"gas_agreement"}) for code in line.types}
    assert "gas_agreement" in there, "what was filed is still listed"
    assert "callback_filing" in ours.obligations
    assert "callback_filing" not in pack.obligations


def test_a_retired_type_is_not_recognised_any_more(tmp_path: Path) -> None:
    from schemas.titles import Titles

    (tmp_path / "extra.yaml").write_text(
        "record_types: [{code: owner_card, retired: true}]\n", encoding="utf-8"
    )
    assert Titles(load_pack(tmp_path)).exact("业主资料卡") is None
    assert Titles(load_pack()).exact("业主资料卡") is not None
