"""dangan estate: import a register of houses and tenures."""

from __future__ import annotations

from pathlib import Path

import click

from archive.cli.common import actor, as_option, emit_all, json_option, open_archive
from archive.services import estate as houses


@click.group()
def estate() -> None:
    """Estates, houses and tenures."""


@estate.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Report every row, change nothing.")
@as_option
@json_option
def import_(file: Path, dry_run: bool, as_user: str | None, as_json: bool) -> None:
    """Take over houses and tenures from a .csv or .xlsx file."""
    archive = open_archive()
    with file.open("rb") as source:
        answers = houses.import_estate(archive, actor(archive, as_user), source, file.name, dry_run=dry_run)
    refused = sum(a["state"] == "refused" for a in answers)
    if as_json:
        emit_all(answers, True, str)
    else:
        for answer in answers:
            for problem in answer["problems"]:
                click.echo(f"row {answer['row']}: {problem['message']}")
        click.echo(f"{len(answers)} rows, {refused} refused")


@estate.command(name="list")
@click.argument("text")
@as_option
@json_option
def list_(text: str, as_user: str | None, as_json: bool) -> None:
    """Houses whose number begins like this."""
    archive = open_archive()
    found = houses.find_houses(archive, actor(archive, as_user), text)
    emit_all(found, as_json, lambda h: f"{h.estate}  {h.written}  ({h.key})")
