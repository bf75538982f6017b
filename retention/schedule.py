"""The retention schedule 保管期限表 apart from the rest of a pack: all that the length of keeping depends on.

An archive keeps the schedule that a person accepted. A pack that is loaded later brings its new types, fields and
words at once, but changes no period of a known type before that change is accepted too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from retention.decide import decide
from retention.model import Decision, Facts, HoldFact
from schemas.model import DecidedBy, Pack, RecordType, RetentionRule


@dataclass(frozen=True, slots=True)
class Line:
    """The rules that hold for one record type, and the version of the pack that they come from."""

    rules: tuple[RetentionRule, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """Type code → its line, and the two settings that periods are counted by (as in schemas.model.Pack)."""

    version: str
    lines: Mapping[str, Line]
    long_term_years: int
    count_from: str


def schedule_of(pack: Pack) -> Schedule:
    """The schedule that a pack brings."""
    return Schedule(
        pack.version,
        {code: Line(kind.retention, pack.version) for code, kind in pack.record_types.items()},
        pack.long_term_years,
        pack.count_from,
    )


def settle(accepted: Schedule, brought: Schedule) -> Schedule:
    """The schedule in force: what was accepted for the types it knows, what is brought for all others.

    A line that decides as the accepted one did is the brought one, with its better words.
    """
    lines = dict(accepted.lines)
    same_settings = _settings(accepted) == _settings(brought)
    for code, line in brought.lines.items():
        known = accepted.lines.get(code)
        if known is None or (same_settings and _substance(known) == _substance(line)):
            lines[code] = line
    return Schedule(accepted.version, lines, accepted.long_term_years, accepted.count_from)


def changed_types(before: Schedule, after: Schedule) -> tuple[str, ...]:
    """Codes of the types whose records `after` may keep longer or shorter than `before` does."""
    return tuple(
        sorted(
            code
            for code in before.lines.keys() | after.lines.keys()
            if _meaning(before, code) != _meaning(after, code)
        )
    )


def digest(schedule: Schedule) -> str:
    """The same for two schedules that decide alike, whatever their words."""
    meant = {code: _meaning(schedule, code) for code in sorted(schedule.lines)}
    text = json.dumps([meant, *_settings(schedule)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def decide_by_schedule(
    facts: Facts,
    schedule: Schedule,
    code: str,
    holds: Iterable[HoldFact],
    today: date,
    *,
    record_type: RecordType | None,
    locale: str = "zh",
) -> Decision:
    """`decide` by the line of the type `code`; a type without a line is kept until a person decides.

    `record_type` tells how the form words its choices. Raises FactsError as `decide` does.
    """
    line = schedule.lines.get(code)
    return decide(
        facts,
        line.rules if line else (),
        holds,
        today,
        record_type=record_type,
        long_term_years=schedule.long_term_years,
        pack_version=line.version if line else schedule.version,
        count_from=schedule.count_from,
        locale=locale,
    )


def to_plain(schedule: Schedule) -> dict[str, Any]:
    """The schedule as JSON values; each rule of each version once."""
    rules: dict[str, dict[str, Any]] = {}
    types: dict[str, Any] = {}
    for code, line in schedule.lines.items():
        types[code] = {"version": line.version, "rules": [f"{rule.id}@{line.version}" for rule in line.rules]}
        for name, rule in zip(types[code]["rules"], line.rules, strict=True):
            if name not in rules:
                rules[name] = {k: v for k, v in asdict(rule).items() if v not in ("", {})}
    return {
        "version": schedule.version,
        "long_term_years": schedule.long_term_years,
        "count_from": schedule.count_from,
        "rules": rules,
        "types": types,
    }


def from_plain(value: Mapping[str, Any]) -> Schedule:
    """What `to_plain` wrote."""
    rules = {name: _rule(rule) for name, rule in value["rules"].items()}
    lines = {
        code: Line(tuple(rules[name] for name in line["rules"]), line["version"])
        for code, line in value["types"].items()
    }
    return Schedule(value["version"], lines, value["long_term_years"], value["count_from"])


def _rule(value: Mapping[str, Any]) -> RetentionRule:
    sources = {key: DecidedBy(value[key]) for key in ("decided_by", "trigger_decided_by") if key in value}
    return RetentionRule(**{**value, **sources})


def _settings(schedule: Schedule) -> tuple[int, str]:
    return schedule.long_term_years, schedule.count_from


def _substance(line: Line) -> list[list[Any]]:
    """What of a line decides; its titles, clauses and reasons do not."""
    return sorted(
        [rule.period, rule.trigger, sorted(rule.when.items()), rule.outcome, rule.while_not]
        for rule in line.rules
    )


def _meaning(schedule: Schedule, code: str) -> list[Any]:
    """The substance of a type's line together with the settings that it depends on."""
    line = schedule.lines.get(code)
    if line is None:
        return []
    meant: list[Any] = [rule for rule in _substance(line) if rule[0] != "unscheduled"]
    if any(rule[0] == "long_term" for rule in meant):
        meant.append(schedule.long_term_years)
    if any(rule[0] != "permanent" for rule in meant if isinstance(rule, list)):
        meant.append(schedule.count_from)
    return meant
