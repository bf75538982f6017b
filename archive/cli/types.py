"""dangan types: list, show, check, accept."""

from __future__ import annotations

from pathlib import Path

import click

from archive.cli.common import (
    BAD_INPUT,
    actor,
    as_option,
    emit,
    emit_all,
    json_option,
    open_archive,
    open_pack,
)
from archive.cli.rule_changes import change_summary, counting, summary_text
from archive.services import types as kinds
from schemas.loader import OURS


@click.group()
def types() -> None:
    """Record types and their rules."""


@types.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """Every record type of the pack."""
    pack, _ = open_pack()
    emit_all(kinds.list_types(pack), as_json, lambda t: f"{t['code']:<32} {t['title_zh']}  {t['retention']}")


@types.command()
@click.argument("code")
@json_option
def show(code: str, as_json: bool) -> None:
    """One type with its fields, signatures and rules."""
    emit(kinds.show_type(open_pack()[0], code), as_json)


@types.command()
@click.option("--reason", required=True, help="Why the changed rules are accepted; kept in the audit log.")
@as_option
@json_option
def accept(reason: str, as_user: str | None, as_json: bool) -> None:
    """Put the loaded pack's changed retention rules in force. See `dangan retention simulate` first."""
    from archive.services import rule_changes

    archive = open_archive()
    who = actor(archive, as_user)
    version = rule_changes.propose(archive, who)
    if version is None:
        answer = change_summary(archive.pack.version, None) | {"accepted": False}
        emit(answer, as_json, "no changed rule waits for a decision")
        return
    rule_changes.count_effect(archive, version.id, counting())
    answer = change_summary(archive.pack.version, rule_changes.pending(archive, who))
    accepted = rule_changes.accept(archive, who, version.id, reason=reason)
    emit(answer | {"accepted": True, "version": accepted.id}, as_json, summary_text)


@types.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False)
@json_option
def check(folder: Path | None, as_json: bool) -> None:
    """Check a pack; ours when no folder is named."""
    from schemas import check_pack, load_pack

    findings = [
        {"file": str(f.file), "line": f.line, "reason": f.reason, "suggestion": f.suggestion}
        for f in check_pack(folder or OURS)
    ]
    if findings:
        said = "\n".join("{file}:{line}: {reason}: {suggestion}".format(**f) for f in findings)
        emit({"ok": False, "findings": findings}, as_json, said)
        raise SystemExit(BAD_INPUT)
    pack = load_pack(folder)
    answer = {"ok": True, "findings": [], "types": len(pack.record_types), "version": pack.version}
    emit(answer, as_json, f"{len(pack.record_types)} types, version {pack.version}")
