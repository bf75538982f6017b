"""How commands open the archive, print, and fail: JSON lines on request, one clear error line, fixed exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NoReturn

import click

from archive.domain.people import OPERATOR, Actor
from archive.services.archive import Archive
from schemas.model import Pack

BAD_INPUT, REFUSED, AWAY, OTHER = 2, 3, 4, 1

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
as_option = click.option(
    "--as", "as_user", metavar="USER", help="Act as this person (for operators on the machine)."
)


def open_archive(*, create: bool = False) -> Archive:
    """The archive that the settings name, or the end of the command with one line."""
    from archive.bootstrap import SettingsError, open_archive

    try:
        return open_archive(create=create)
    except SettingsError as error:
        fail("settings", str(error), BAD_INPUT)


def open_pack() -> tuple[Pack, date]:
    """The house's rules and today in its time zone; no archive is needed, or touched."""
    from archive.bootstrap import SettingsError, SystemClock, open_pack, read_settings

    try:
        settings = read_settings()
        return open_pack(settings), SystemClock(settings.timezone).today()
    except SettingsError as error:
        fail("settings", str(error), BAD_INPUT)


def actor(archive: Archive, as_user: str | None) -> Actor:
    from archive.services.people import actor_named

    return actor_named(archive, as_user) if as_user else OPERATOR


def emit(value: Any, as_json: bool, text: Callable[[Any], str] | str | None = None) -> None:
    """Print a value: as one JSON line, or as `text` says."""
    from archive.services.objects import plain

    if as_json:
        click.echo(json.dumps(plain(value), ensure_ascii=False))
    elif callable(text):
        click.echo(text(value))
    else:
        click.echo(text if text is not None else json.dumps(plain(value), ensure_ascii=False, indent=1))


def emit_all(values: Iterable[Any], as_json: bool, text: Callable[[Any], str]) -> None:
    for value in values:
        emit(value, as_json, text)


def fail(what: str, why: str, exit_code: int, *, code: str = "error", hint: str = "") -> NoReturn:
    """One line on standard error, a JSON error where JSON was asked for, and the exit code."""
    line = ": ".join(part for part in ("dangan", what, why, hint) if part)
    click.echo(line.replace("\n", " "), err=True)
    if "--json" in sys.argv:
        click.echo(json.dumps({"error": {"code": code, "message": why, "hint": hint}}, ensure_ascii=False))
    raise SystemExit(exit_code)


class Day(click.ParamType[date]):
    """A day as 2026-03-06, or any spelling that schemas.dates reads."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        from schemas.dates import parse_date

        if isinstance(value, date):
            return value
        day = parse_date(str(value))
        if day is None:
            self.fail(f"{value!r} is no date: write it as 2026-03-06", param, ctx)
        return day


DAY = Day()
