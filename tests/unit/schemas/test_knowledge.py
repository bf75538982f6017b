"""The pack knows every record that the manuals name, and keeps each as long as they say."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import yaml

from schemas import Pack, RecordType, load_pack
from schemas.model import DecidedBy
from schemas.titles import Titles, clean_title
from tests.servers.base import shared_dir as shared

DOSSIERS = {"RT-027", "RT-028", "RB-064", "RB-100"}
"""Kinds of the catalogues that are dossiers (owner files, residents' files), not records."""

MERGED = {
    "RT-085": "the retention clause covers all papers of a violation",
    "RT-032": "the computer copy is part of the owner file",
    "RB-024": "the other manual's patrol record with its period",
    "RB-068": "the other manual's callback record with its period",
    "RB-017": "the inspection sheet of the owner file",
    "RB-085": "the inspection sheet of the owner file",
    "RB-086": "the owner data card",
    "RB-105": "the vacant-unit upkeep record with its period",
    "RB-010": "long-term with the personal file, without a figure",
}
"""Kinds without a period of their own that are one with a kind that has one."""


@cache
def pack() -> Pack:
    return load_pack()


@cache
def titles() -> Titles:
    return Titles(pack())


def catalogue() -> list[dict[str, Any]]:
    kinds: list[dict[str, Any]] = []
    for file in sorted((shared() / "reference").glob("*.yaml")):
        kinds += yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["record_types"]
    return kinds


def known(kind: dict[str, Any]) -> RecordType | None:
    name = re.sub(r"\(unnamed.*?\)|\(dossier\)", "", kind["name_zh"])
    bare = re.sub(r"[（(].*?[)）]", "", name)
    found = (titles().exact(n) for n in (name, bare, bare.split(" / ")[0], name.split(" / ")[0]))
    return next((f for f in found if f), None)


def test_every_title_of_the_seeds_is_known() -> None:
    missing = []
    for seed in sorted((shared() / "seeds").glob("*.txt")):
        for title in re.findall(r"《([^《》]{2,40})》", seed.read_text(encoding="utf-8")):
            if titles().exact(title) is None:
                missing.append((seed.name[:3], title))
    assert not missing


def test_titles_are_listed_as_the_manuals_print_them() -> None:
    def bare(text: str) -> str:
        return re.sub(r"[《》\s,，。、:：()（）]", "", text)

    names = {bare(n) for t in pack().record_types.values() for n in (t.title_zh, *t.aliases)}
    for seed in sorted((shared() / "seeds").glob("*.txt")):
        printed = {bare(t) for t in re.findall(r"《([^《》]{2,30})》", seed.read_text(encoding="utf-8"))}
        assert printed <= names, seed.name


def test_every_kind_of_the_catalogues_is_a_record_type() -> None:
    missing = [(k["id"], k["name_zh"]) for k in catalogue() if k["id"] not in DOSSIERS and known(k) is None]
    assert not missing


def test_the_retention_table_is_the_manuals() -> None:
    wrong = []
    for kind in catalogue():
        record_type = known(kind)
        if kind["id"] in DOSSIERS or record_type is None:
            continue
        periods = {rule.period for rule in record_type.retention}
        stated = kind["retention"].get("period")
        graded = kind["retention"].get("period_by_grade")
        if graded:
            right = periods == set(graded.values())
        elif stated:
            right = ("long_term" if stated == "indefinite" else stated) in periods
        else:
            house = record_type.decided_by is DecidedBy.HOUSE
            house = house or all(rule.decided_by is DecidedBy.HOUSE for rule in record_type.retention)
            right = house or kind["id"] in MERGED or "unscheduled" in periods
        if not right:
            wrong.append((kind["id"], kind["name_zh"], stated or graded, sorted(periods)))
    assert not wrong


def test_what_is_filed_in_the_owner_file_is_in_it() -> None:
    for kind in catalogue():
        if str(kind.get("filed_where", "")).startswith("owner file") and kind["id"] not in DOSSIERS:
            record_type = known(kind)
            assert record_type is not None
            assert record_type.dossier == "owner_file", kind["name_zh"]


def test_clauses_name_a_manual() -> None:
    for record_type in pack().record_types.values():
        for clause in record_type.clauses:
            assert re.match(r"00[0-4] \S", clause), (record_type.code, clause)


def test_titles_and_aliases_lead_back_to_their_type() -> None:
    for record_type in pack().record_types.values():
        for name in (record_type.title_zh, record_type.title_en, *record_type.aliases):
            assert titles().exact(name) is record_type
            assert clean_title(name)
