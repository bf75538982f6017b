"""dangan types: list, show, check."""

from __future__ import annotations

from pathlib import Path

import click

from archive.cli.common import BAD_INPUT, emit, emit_all, json_option, open_archive
from archive.services import types as kinds


@click.group()
def types() -> None:
    """Record types and their rules."""


@types.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """Every record type of the pack."""
    archive = open_archive()
    emit_all(
        kinds.list_types(archive), as_json, lambda t: f"{t['code']:<32} {t['title_zh']}  {t['retention']}"
    )


@types.command()
@click.argument("code")
@json_option
def show(code: str, as_json: bool) -> None:
    """One type with its fields, signatures and rules."""
    emit(kinds.show_type(open_archive(), code), as_json)


@types.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False)
@json_option
def check(folder: Path | None, as_json: bool) -> None:
    """Check a pack; ours when no folder is named."""
    from schemas import PackError, load_pack

    try:
        pack = load_pack(folder)
    except PackError as error:
        emit({"ok": False, "findings": [str(error)]}, as_json, str(error))
        raise SystemExit(BAD_INPUT) from error
    answer = {"ok": True, "findings": [], "types": len(pack.record_types), "version": pack.version}
    emit(answer, as_json, f"{len(pack.record_types)} types, version {pack.version}")
