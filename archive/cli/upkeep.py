"""dangan check, rebuild."""

from __future__ import annotations

import click

from archive.cli.common import OTHER, emit, json_option, open_archive
from archive.domain.people import SYSTEM
from archive.services import checking, indexing


@click.command()
@click.option("--deep", is_flag=True, help="Read every byte of the store again.")
@json_option
def check(deep: bool, as_json: bool) -> None:
    """Compare database, store, index and audit log with each other."""
    archive = open_archive()
    answer = checking.check(archive, SYSTEM, deep=deep)
    emit(answer, as_json)
    if not answer["ok"]:
        raise SystemExit(OTHER)


@click.group()
def rebuild() -> None:
    """Make again what is only derived."""


@rebuild.command()
@json_option
def index(as_json: bool) -> None:
    """Build the search index anew beside the old one, then swap."""
    archive = open_archive()
    count = indexing.rebuild_index(archive, SYSTEM)
    emit({"records": count}, as_json, lambda a: f"{a['records']} records indexed")
