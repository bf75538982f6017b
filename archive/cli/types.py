"""dangan types: list, show, check."""

from __future__ import annotations

from pathlib import Path

import click

from archive.cli.common import BAD_INPUT, emit, emit_all, json_option, open_pack
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
