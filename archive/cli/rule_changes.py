"""How commands show a changed retention schedule: counts by type, records, and progress on standard error."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import click

from archive.services.types import describe_rules
from archive.services.views import ChangedRecord, ScheduleChange
from retention.model import Decision

EVERY_SECONDS = 2.0


def counting() -> Callable[[int, int], None]:
    """Says every few seconds how many records were looked at; short runs say nothing."""
    said = time.monotonic()

    def progress(done: int, of: int) -> None:
        nonlocal said
        if time.monotonic() - said > EVERY_SECONDS:
            said = time.monotonic()
            click.echo(f"{done} of {of} records looked at", err=True)

    return progress


def change_summary(pack_version: str, change: ScheduleChange | None) -> dict[str, Any]:
    """The whole effect in counts; the same keys when nothing changes."""
    totals = dict(change.totals) if change else {}
    return {
        "from": change.before.version if change else pack_version,
        "to": change.after.version if change else pack_version,
        "changed": change is not None,
        "longer": totals.get("longer", 0),
        "shorter": totals.get("shorter", 0),
        "due": totals.get("due", 0),
        "undecided": totals.get("undecided", 0),
        "examined": sum(totals.get(kind, 0) for kind in ("same", "longer", "shorter", "undecided")),
        "types": [
            {
                "type": t.type,
                "before": describe_rules(t.before),
                "after": describe_rules(t.after),
                **{kind: t.counts.get(kind, 0) for kind in ("longer", "shorter", "due", "undecided")},
            }
            for t in (change.types if change else ())
        ],
    }


def summary_text(answer: dict[str, Any]) -> str:
    if not answer["changed"]:
        return f"pack {answer['to']}: no retention rule in force would change"
    lines = [
        f"{answer['from']} -> {answer['to']}: {answer['examined']} records looked at, {answer['longer']} longer, "
        f"{answer['shorter']} shorter, {answer['due']} would come due, {answer['undecided']} undecided"
    ]
    lines += [
        f"  {t['type']:<32} longer {t['longer']}, shorter {t['shorter']}, due {t['due']}"
        for t in answer["types"]
    ]
    return "\n".join(lines)


def change_line(line: ChangedRecord) -> dict[str, Any]:
    """One record with both answers."""
    return {
        "record": line.record,
        "type": line.type,
        "title": line.title,
        "house": line.house,
        "change": line.change,
        "due": line.due,
        "before": _answer(line.before),
        "after": _answer(line.after),
    }


def _answer(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "decision": decision.outcome.value,
        "until": decision.until,
        "permanent": decision.permanent,
        "rule": decision.rule,
    }


def change_text(line: dict[str, Any]) -> str:
    days = [(d or {}).get("until") or "-" for d in (line["before"], line["after"])]
    return f"{line['change']:<9} {line['record']}  {days[0]} -> {days[1]}  {line['title']}"
