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

NOT_TIMED = {
    "A-028": "lending itself; the days of a loan are an obligation of their own",
    "A-039": "the clause is named by its heading; deemed_move_in",
    "A-134": "the open letter follows when it is answered, without a figure; survey_summary",
    "A-244": "feedback without a figure; the callbacks carry it",
    "UB-038": "posted promptly, without a figure",
    "UB-040": "quickly, without a figure; the complaints' obligations carry it",
    "UB-041": "a ringing telephone leaves no record",
    "UB-043": "a campaign that is over",
    "UB-063": "as the law on calibration says, without a figure",
    "UB-075": "when a superior asks for it",
    "UB-102": "cleaning of a coach station leaves no record",
    "UB-103": "cleaning leaves no record",
    "UB-104": "how long a guard may stand leaves no record",
    "UB-118": "periodically, without a figure",
    "UB-133": "promptly, without a figure; violation_notice",
    "UB-153": "without a figure; the yearly survey carries it",
}
"""Rules of the catalogues about time that are no obligation here, and why."""

UNRECORDED = {
    "A-011": "a duty that another clause carries out: vacant_unit_register",
    "A-013": "a duty that other clauses carry out: visit_register, special_service_register",
    "A-016": "a duty that another clause carries out: goods_release_permit",
    "A-017": "a duty that other clauses carry out: callback_record, callback_analysis",
    "A-029": "a duty that another clause carries out: vacant_unit_register",
    "A-234": "cited by the heading of its page: procedure_review",
    "A-253": "a duty that other clauses carry out: visit_register, special_service_register",
    "UB-017": "how a company is said to do it; the owner card has the contacts",
    "UB-109": "who repairs under the warranty; its record is warranty_repair_verification",
}
"""Rules of the catalogues about records that no type cites, and why."""


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


def rules(*categories: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for file in sorted((shared() / "reference").glob("*.yaml")):
        found += yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["rules"]
    return [rule for rule in found if rule["category"] in categories]


def clause(rule: dict[str, Any]) -> tuple[str, str]:
    """(manual, number) of a rule, such as ("004", "4.7")."""
    at = rule.get("ref") or rule["clause_ref"]
    if isinstance(at, dict):
        return at["file"][:3], at["clause"].replace(" ", "")
    return at[:3], re.sub(r".*§", "", at).strip()


def cited(rule: dict[str, Any], clauses: set[str]) -> bool:
    """Whether one of `clauses` is the rule's, or the clause that it is a part of."""
    manual, number = clause(rule)
    for known in clauses:
        last = known[4:].split(" ")[-1] if manual in ("000", "002", "004") else known[4:].replace(" ", "")
        if known[:3] == manual and last and (number.startswith(last) or last.startswith(number)):
            return True
    return False


def test_every_deadline_and_cycle_of_the_catalogues_is_an_obligation() -> None:
    clauses = {obligation.clause for obligation in pack().obligations.values()}
    found = rules("deadline", "review_cycle", "loan_return", "service_cycle")
    assert len(found) > 120
    assert {rule["id"] for rule in found if not cited(rule, clauses)} == set(NOT_TIMED)


def test_every_rule_of_keeping_and_copies_of_the_catalogues_is_cited() -> None:
    clauses = {rule.clause for rule in pack().retention_rules.values()}
    for kind in pack().record_types.values():
        clauses |= {*kind.clauses, *(place.clause for place in (*kind.signatures, *kind.seals))}
    clauses |= {obligation.clause for obligation in pack().obligations.values()}
    clauses.discard("")
    found = rules("retention", "copies", "registration", "signature", "completeness")
    assert len(found) > 120
    assert {rule["id"] for rule in found if not cited(rule, clauses)} == set(UNRECORDED)


def test_clauses_name_a_manual() -> None:
    for record_type in pack().record_types.values():
        for clause in record_type.clauses:
            assert re.match(r"00[0-4] \S", clause), (record_type.code, clause)


def test_titles_and_aliases_lead_back_to_their_type() -> None:
    for record_type in pack().record_types.values():
        for name in (record_type.title_zh, record_type.title_en, *record_type.aliases):
            assert titles().exact(name) is record_type
            assert clean_title(name)
