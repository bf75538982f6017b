"""Record types as people and scripts see them (shape: design 8)."""

from __future__ import annotations

from typing import Any

from archive.services.archive import Archive
from archive.services.common import must
from archive.services.objects import plain
from schemas.model import RecordType, RetentionRule


def list_types(archive: Archive) -> list[dict[str, Any]]:
    return [describe(kind) for kind in archive.pack.record_types.values()]


def show_type(archive: Archive, code: str) -> dict[str, Any]:
    """One type with its fields, signatures and rules. Raises NotFound."""
    kind = must(archive.pack.record_types.get(code), f"档案类型 {code}")
    details = plain(kind)
    return {**details, **describe(kind)}


def describe(kind: RecordType) -> dict[str, Any]:
    rules = [_rule(rule) for rule in kind.retention]
    return {
        "code": kind.code,
        "title_zh": kind.title_zh,
        "title_en": kind.title_en,
        "aliases": list(kind.aliases),
        "dossier": kind.dossier,
        "access_class": kind.access_class,
        "retention": rules[0] if len(rules) == 1 else rules or {"period": "unscheduled", "trigger": None},
        "clauses": list(kind.clauses),
    }


def _rule(rule: RetentionRule) -> dict[str, Any]:
    answer: dict[str, Any] = {"period": rule.period, "trigger": rule.trigger or None}
    if rule.when:
        answer["when"] = dict(rule.when)
    return answer
