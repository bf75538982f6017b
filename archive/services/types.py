"""Record types as people and scripts see them (shape: design 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from archive.services.archive import Archive
from archive.services.common import must
from archive.services.objects import plain
from archive.services.schedule import in_force
from retention import Schedule, schedule_of
from retention.schedule import changed_types
from schemas.model import Family, Pack, RecordType, RetentionRule
from schemas.numbering import NumberTemplate
from schemas.obligation import Obligation
from schemas.titles import clean_title

EXAMPLE: dict[str, str | int] = {
    "category": "YZ",
    "company": "DG",
    "department": "KF",
    "office": "KF",
    "year": 2026,
    "month": "03",
    "period": "Y",
    "house": "3-2-1203",
    "item": 7,
    "page": 2,
    "of": 5,
    "copy": 3,
}
"""What numbers are shown with, to tell how a template reads."""


@dataclass(frozen=True, slots=True)
class FamilyView:
    """A family with those of its types that were asked for."""

    family: Family
    types: tuple[RecordType, ...]


@dataclass(frozen=True, slots=True)
class TypeView:
    """A type with the rules in force for it, those that wait for a decision (None: none), and its obligations."""

    kind: RecordType
    rules: tuple[RetentionRule, ...]
    waiting: tuple[RetentionRule, ...] | None
    obligations: tuple[Obligation, ...]
    schedule: Schedule


def schedule_now(archive: Archive) -> Schedule:
    """The retention schedule in force."""
    with archive.uow() as uow:
        return in_force(archive, uow)


def by_family(pack: Pack, text: str = "", family: str = "", dossier: str = "") -> list[FamilyView]:
    """The types whose title, alias, code or clause holds `text`, of one family or kind of dossier where one is named.

    Families stand in the order of the pack, types in that of their Chinese titles as people look them up.
    """
    wanted = clean_title(text)
    known = dict(pack.families)
    groups: dict[str, list[RecordType]] = {code: [] for code in known}
    for kind in sorted(pack.record_types.values(), key=lambda k: k.title_zh.encode("gb18030", "replace")):
        known.setdefault(kind.family, Family(kind.family, kind.family, kind.family))
        if family in ("", kind.family) and dossier in ("", kind.dossier) and _names(kind, wanted):
            groups.setdefault(kind.family, []).append(kind)
    return [FamilyView(known[code], tuple(kinds)) for code, kinds in groups.items() if kinds]


def _names(kind: RecordType, wanted: str) -> bool:
    names = (kind.title_zh, kind.title_en, kind.code, *kind.aliases, *kind.clauses)
    return any(wanted in clean_title(name) for name in names)


def type_view(archive: Archive, code: str) -> TypeView:
    """One type for people. Raises NotFound."""
    pack = archive.pack
    kind = must(pack.record_types.get(code), f"档案类型 {code}")
    schedule = schedule_now(archive)
    line = schedule.lines.get(code)
    waits = code in changed_types(schedule, schedule_of(pack))
    return TypeView(
        kind=kind,
        rules=line.rules if line else (),
        waiting=kind.retention if waits else None,
        obligations=tuple(o for o in pack.obligations.values() if o.record_type == code),
        schedule=schedule,
    )


def numbering(pack: Pack) -> list[tuple[str, str, str]]:
    """(name, template, example) of every number that the house makes."""
    templates = {"archival_code": pack.archival_code, **pack.numbering}
    values: dict[str, str | int] = {**EXAMPLE, "fonds": pack.fonds}
    return [(name, text, NumberTemplate(text).format(**values)) for name, text in templates.items()]


def list_types(pack: Pack) -> list[dict[str, Any]]:
    return [describe(kind) for kind in pack.record_types.values()]


def show_type(pack: Pack, code: str) -> dict[str, Any]:
    """One type with its fields, signatures and rules. Raises NotFound."""
    kind = must(pack.record_types.get(code), f"档案类型 {code}")
    details = plain(kind)
    return {**details, **describe(kind)}


def describe(kind: RecordType) -> dict[str, Any]:
    """`retention` is how long records of the type are kept; `custody` are terms within a permanent keeping that end
    in a review (a former owner's file is kept apart for three years)."""
    rules, custody = _told_apart(kind.retention)
    return {
        "code": kind.code,
        "title_zh": kind.title_zh,
        "title_en": kind.title_en,
        "aliases": list(kind.aliases),
        "dossier": kind.dossier,
        "access_class": kind.access_class,
        "retention": _shape(rules),
        "custody": [_rule(rule) for rule in custody],
        "clauses": list(kind.clauses),
    }


def _told_apart(rules: Sequence[RetentionRule]) -> tuple[list[RetentionRule], list[RetentionRule]]:
    """How long records are kept, and the terms of custody within a permanent keeping."""
    permanent = any(rule.period == "permanent" for rule in rules)
    custody = [r for r in rules if permanent and r.outcome == "review" and r.period != "permanent"]
    return [rule for rule in rules if rule not in custody], custody


def describe_rules(rules: Sequence[RetentionRule]) -> Any:
    """How long rules keep, in the shape of `describe`'s `retention`."""
    return _shape(_told_apart(rules)[0])


def _shape(rules: Sequence[RetentionRule]) -> Any:
    shapes = [_rule(rule) for rule in rules]
    return shapes[0] if len(shapes) == 1 else shapes or {"period": "unscheduled", "trigger": None}


def _rule(rule: RetentionRule) -> dict[str, Any]:
    answer: dict[str, Any] = {"period": rule.period, "trigger": rule.trigger or None}
    if rule.when:
        answer["when"] = dict(rule.when)
    return answer


def obligations_by_family(pack: Pack) -> list[tuple[Family | None, list[Obligation]]]:
    """Obligations by the family of the type that fulfils them; those that no record fulfils come last (None)."""
    groups: dict[str, list[Obligation]] = {code: [] for code in pack.families}
    for obligation in pack.obligations.values():
        kind = pack.record_types.get(obligation.record_type)
        groups.setdefault(kind.family if kind else "", []).append(obligation)
    return [(pack.families.get(code), found) for code, found in groups.items() if found]
