"""Record types as people and scripts see them (shape: design 8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.services.common import must
from archive.services.objects import plain
from schemas.model import Pack, RecordType, RetentionRule


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
