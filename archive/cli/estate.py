"""dangan estate: import, export and look into the register of houses, owners and tenants."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from archive.cli.common import OTHER, actor, as_option, emit, emit_all, json_option, open_archive
from archive.services import estate as houses
from archive.services import estate_export, estate_import


@click.group()
def estate() -> None:
    """Estates, houses, tenures and tenancies."""


@estate.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Report every row, change nothing.")
@click.option("--estate", "name", default="", help="The estate of rows that name none.")
@as_option
@json_option
def import_(file: Path, dry_run: bool, name: str, as_user: str | None, as_json: bool) -> None:
    """Take over houses, owners and tenants from a .csv or .xlsx file.

    A refused row is reported and leaves the others alone; the exit code is 1 then.
    """
    archive = open_archive()
    person = actor(archive, as_user)
    counts: Counter[str] = Counter()
    with (
        file.open("rb") as source,
        estate_import.staged(archive, person, source, name.strip()) as register,
    ):
        if not as_json:
            for note in register.notes:
                click.echo(estate_import.NOTES[note["code"]].format(name=note["name"]), err=True)
        for answers in estate_import.import_rows(archive, person, register, dry_run=dry_run):
            counts.update(a["state"] for a in answers)
            if as_json:
                emit_all(answers, True, str)
                continue
            for answer in answers:
                for problem in answer["problems"]:
                    place = f"{answer['sheet']} " if answer["sheet"] else ""
                    click.echo(f"{place}row {answer['row']}: {answer['house']}: {problem['message']}")
    if not as_json:
        told = ", ".join(f"{n} {state}" for state, n in sorted(counts.items()) if state != "refused")
        click.echo(f"{counts.total()} rows, {counts['refused']} refused" + (f" ({told})" if told else ""))
        if dry_run:
            click.echo("nothing was changed")
    if counts["refused"]:
        raise SystemExit(OTHER)


@estate.command()
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A .xlsx or .csv file.")
@click.option("--estate", "name", default="", help="Of this estate alone.")
@as_option
@json_option
def export(output: Path | None, name: str, as_user: str | None, as_json: bool) -> None:
    """Write the register as `estate import` takes it; without -o as CSV to standard output."""
    archive = open_archive()
    person = actor(archive, as_user)
    if output is None:
        estate_export.export_estate(archive, person, sys.stdout.buffer, "register.csv", estate=name)
        return
    with NamedTemporaryFile(dir=output.absolute().parent, delete=False) as whole:
        try:
            rows = estate_export.export_estate(archive, person, whole, output.name, estate=name)
            whole.close()
            os.replace(whole.name, output)
        except BaseException:
            Path(whole.name).unlink(missing_ok=True)
            raise
    emit({"path": str(output), "rows": rows}, as_json, lambda a: f"{a['rows']} rows in {a['path']}")


@estate.command(name="list")
@click.argument("text")
@as_option
@json_option
def list_(text: str, as_user: str | None, as_json: bool) -> None:
    """Houses whose number begins like this."""
    archive = open_archive()
    found = houses.find_houses(archive, actor(archive, as_user), text)
    emit_all(found, as_json, lambda h: f"{h.estate}  {h.written}  ({h.key})")
