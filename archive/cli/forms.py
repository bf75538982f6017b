"""dangan forms: print, again, separator, list, void."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from archive.cli.common import DAY, actor, as_option, emit, emit_all, json_option, open_archive
from archive.services import forms as printing
from archive.services.errors import BadInput
from archive.services.forms import FormLine, Wish
from archive.services.views import Download

output_option = click.option(
    "-o", "output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="PDF to write."
)


@click.group()
def forms() -> None:
    """Printed forms: they bring themselves home by their code."""


@forms.command(name="print")
@click.argument("type")
@click.option("--house", default="", help="The house it is for, in any spelling.")
@output_option
@click.option("--copies", type=int, help="Copies 联; as many as the manual asks for otherwise.")
@click.option("--blank", is_flag=True, help="Print no values; the code still says whose form it is.")
@click.option("--date", "day", type=DAY, help="The day to print; today otherwise.")
@click.option("--no-date", is_flag=True, help="Leave the day open.")
@click.option("--set", "given", multiple=True, metavar="FIELD=VALUE", help="Print this value too.")
@click.option("--rows", default=0, help="Rows of a register; a page full otherwise.")
@click.option("--lang", type=click.Choice(printing.LANGUAGES), default="zh", help="en adds English names.")
@as_option
@json_option
def print_(
    type: str,
    house: str,
    output: Path,
    copies: int | None,
    blank: bool,
    day: date | None,
    no_date: bool,
    given: tuple[str, ...],
    rows: int,
    lang: str,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Print a form of a record type, filled in with what is known."""
    archive = open_archive()
    pairs = [text.partition("=") for text in given]
    if any(not equals for _, equals, _ in pairs):
        raise BadInput("--set 要写成 字段=值。", code="bad_value", hint="例如 --set grade=一般。")
    shown_day = None if no_date else day or archive.clock.today()
    values = {name.strip(): value for name, _, value in pairs}
    wish = Wish(type, house, shown_day, copies, blank, lang, rows, values)
    form, file = printing.print_form(archive, actor(archive, as_user), wish)
    _write(output, file)
    answer = {
        "serial": form.id,
        "type": form.type,
        "house": (form.house or "").rpartition("/")[2] or None,
        "copies": form.copies,
        "pages": form.pages * form.copies,
        "file": str(output),
    }
    emit(answer, as_json, lambda a: f"{a['serial']}  {a['pages']} 页  {a['file']}")


@forms.command()
@click.argument("serial")
@output_option
@as_option
def again(serial: str, output: Path, as_user: str | None) -> None:
    """Print a form again under its old serial."""
    archive = open_archive()
    _write(output, printing.print_again(archive, actor(archive, as_user), serial))


@forms.command()
@output_option
@click.option("--type", "type", default="", help="What follows is of this record type.")
@click.option("--house", default="", help="What follows belongs to this house.")
@as_option
def separator(output: Path, type: str, house: str, as_user: str | None) -> None:
    """A sheet that splits a stack of papers on the scanner."""
    archive = open_archive()
    _write(output, printing.separator(archive, actor(archive, as_user), type=type, house=house))


@forms.command(name="list")
@click.option("--state", type=click.Choice(["printed", "returned", "void"]), default="printed")
@click.option("--limit", default=printing.OPEN)
@as_option
@json_option
def list_(state: str, limit: int, as_user: str | None, as_json: bool) -> None:
    """Printed forms; those not back yet unless another state is asked for."""
    archive = open_archive()
    lines = printing.printed(archive, actor(archive, as_user), state=state, limit=limit)
    emit_all((_line(line) for line in lines), as_json, _readable)


@forms.command()
@click.argument("serial")
@click.option("--reason", required=True)
@as_option
@json_option
def void(serial: str, reason: str, as_user: str | None, as_json: bool) -> None:
    """Void a form that will not be used."""
    archive = open_archive()
    form = printing.void(archive, actor(archive, as_user), serial, reason=reason)
    emit({"serial": form.id, "state": form.state}, as_json, lambda a: f"{a['serial']} 已作废")


def _write(path: Path, file: Download) -> None:
    try:
        path.write_bytes(file.content)
    except OSError as error:
        message = f"不能写入 {path}：{error.strerror}。"
        raise BadInput(message, code="not_written", hint="请换一个位置。") from error


def _line(line: FormLine) -> dict[str, Any]:
    form = line.form
    return {
        "serial": form.id,
        "type": form.type,
        "house": line.house.key if line.house else None,
        "owner": line.owner or None,
        "state": form.state,
        "printed_at": form.printed_at,
        "printed_by": line.printed_by,
        "records": [back.record for back in line.back if back.record],
        "gaps": list(line.gaps),
    }


def _readable(line: dict[str, Any]) -> str:
    day = f"{line['printed_at']:%Y-%m-%d}"
    return f"{line['serial']}  {day}  {line['state']:<9} {line['house'] or '-':<10} {line['type']}"
