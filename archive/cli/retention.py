"""dangan retention, sweep, event, hold."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from archive.cli.common import (
    BAD_INPUT,
    DAY,
    actor,
    as_option,
    emit,
    emit_all,
    fail,
    json_option,
    open_archive,
    open_pack,
)
from archive.cli.rule_changes import change_line, change_summary, change_text, counting, summary_text
from archive.services import keeping
from archive.services.views import SweepReport
from retention.model import Decision
from schemas.model import EVENT_TYPES


@click.group()
def retention() -> None:
    """Until when records are kept, and why."""


def _decision(answer: Decision) -> dict[str, Any]:
    return {
        "decision": answer.outcome.value,
        "until": answer.until,
        "permanent": answer.permanent,
        "rule": answer.rule,
        "clauses": list(answer.clauses),
        "reasons": list(answer.reasons),
        "lost": list(answer.lost),
        "pack_version": answer.pack_version,
    }


@retention.command()
@click.argument("record")
@click.option("--on", "day", type=DAY, help="As if today were this day.")
@as_option
@json_option
def explain(record: str, day: date | None, as_user: str | None, as_json: bool) -> None:
    """Until when a record is kept and why, with the clause."""
    archive = open_archive()
    answer = keeping.explain(archive, actor(archive, as_user), record, day)
    emit(_decision(answer), as_json, lambda d: "\n".join(d["reasons"]))


@retention.command()
@click.option("--type", "code", required=True)
@click.option("--facts", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True)
@click.option("--on", "day", type=DAY)
@json_option
def decide(code: str, facts: Path, day: date | None, as_json: bool) -> None:
    """The decision for facts that are in no archive, so that anyone can check it."""
    from retention import FactsError, decide_by_pack, read_facts

    pack, today = open_pack()
    try:
        known, holds = read_facts(json.loads(facts.read_text(encoding="utf-8")), pack.record_types.get(code))
        answer = decide_by_pack(known, pack, code, holds, day or today)
    except ValueError as error:
        code_ = error.code if isinstance(error, FactsError) else "bad_facts"
        hint = error.hint if isinstance(error, FactsError) else ""
        fail("retention decide", str(error), BAD_INPUT, code=code_, hint=hint)
    emit(_decision(answer), as_json, lambda d: "\n".join(d["reasons"]))


@retention.command(name="simulate")
@click.option("--pack", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Try this pack instead of the loaded one.")  # fmt: skip
@click.option("--records", "each", is_flag=True, help="List every record that would be kept otherwise.")
@as_option
@json_option
def simulate_(folder: Path | None, each: bool, as_user: str | None, as_json: bool) -> None:
    """Which records a changed pack would keep longer or shorter, and which would come due. Changes nothing."""
    from archive.services import rule_changes
    from schemas import PackError, load_pack

    archive = open_archive()
    try:
        pack = load_pack(folder) if folder else None
    except PackError as error:
        fail("retention simulate", str(error), BAD_INPUT, code=error.code, hint="see dangan types check")
    change, records = rule_changes.trial(archive, actor(archive, as_user), pack, counting())
    if each:
        emit_all(map(change_line, records), as_json, change_text)
        return
    emit(change_summary(archive.pack.version, change), as_json, summary_text)


@click.command()
@click.option("--on", "day", type=DAY, help="As if today were this day.")
@click.option("--dry-run", is_flag=True, help="List only; keep no report.")
@click.option("--wait", is_flag=True, help="Accepted for symmetry; a sweep answers when it is done.")
@as_option
@json_option
def sweep(day: date | None, dry_run: bool, wait: bool, as_user: str | None, as_json: bool) -> None:
    """List what is due for disposal or review. Destroys nothing."""
    archive = open_archive()
    report = keeping.sweep(archive, actor(archive, as_user), on=day, dry_run=dry_run)
    emit(report, as_json, _report)


def _report(report: SweepReport) -> str:
    lines = [f"{report.on}: {len(report.lines)} due of {report.examined} examined"]
    lines += [f"{x.outcome:<7} {x.record}  {x.until or '-'}  {x.title}  {x.reason}" for x in report.lines]
    return "\n".join(lines)


@click.group()
def event() -> None:
    """Trigger events."""


@event.command(name="add")
@click.argument("target")
@click.argument("type", type=click.Choice(EVENT_TYPES))
@click.argument("day", type=DAY)
@click.option("--kind", type=click.Choice(keeping.TARGETS), default="record", show_default=True)
@click.option("--evidence", required=True, help="What shows that it happened.")
@as_option
@json_option
def add_event(
    target: str, type: str, day: date, kind: str, evidence: str, as_user: str | None, as_json: bool
) -> None:
    """Record that a trigger event happened."""
    archive = open_archive()
    made = keeping.record_event(
        archive,
        actor(archive, as_user),
        target_kind=kind,
        target=target,
        type=type,
        date=day,
        evidence=evidence,
    )
    emit(made, as_json, lambda e: e.id)


@click.group()
def hold() -> None:
    """Holds: they stop every disposal."""


@hold.command(name="add")
@click.argument("target")
@click.option("--kind", type=click.Choice(keeping.TARGETS), default="record", show_default=True)
@click.option("--reason", required=True)
@as_option
@json_option
def add_hold(target: str, kind: str, reason: str, as_user: str | None, as_json: bool) -> None:
    """Hold a record, dossier or house."""
    archive = open_archive()
    made = keeping.set_hold(archive, actor(archive, as_user), target_kind=kind, target=target, reason=reason)
    emit(made, as_json, lambda h: h.id)


@hold.command()
@click.argument("hold_id")
@click.option("--reason", required=True)
@as_option
@json_option
def lift(hold_id: str, reason: str, as_user: str | None, as_json: bool) -> None:
    """Lift a hold, with a reason."""
    archive = open_archive()
    done = keeping.lift_hold(archive, actor(archive, as_user), hold_id, reason=reason)
    emit(done, as_json, lambda h: f"{h.id} lifted")


@hold.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Lifted ones too.")
@as_option
@json_option
def list_holds(everything: bool, as_user: str | None, as_json: bool) -> None:
    """Holds that last."""
    archive = open_archive()
    found = keeping.holds(archive, actor(archive, as_user), lasting=not everything)
    emit_all(found, as_json, lambda h: f"{h.id}  {h.target_kind} {h.target}  {h.reason}")
