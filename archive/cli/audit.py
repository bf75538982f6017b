"""dangan audit: verify, checkpoint, prove, export, list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from archive.cli.common import (
    BAD_INPUT,
    OTHER,
    actor,
    as_option,
    emit,
    emit_all,
    fail,
    json_option,
    open_archive,
)
from archive.services import auditing


@click.group()
def audit() -> None:
    """The log that cannot be rewritten."""


@audit.command()
@click.option(
    "--checkpoint",
    "notes",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A checkpoint that was kept outside; can be given several times.",
)
@as_option
@json_option
def verify(notes: tuple[Path, ...], as_user: str | None, as_json: bool) -> None:
    """Read the whole log again and hold it against its tree and the signed checkpoints."""
    archive = open_archive()
    outside = [note.read_text(encoding="utf-8") for note in notes]
    answer = auditing.verify(archive, actor(archive, as_user), outside)
    emit(answer, as_json, _verdict)
    if not answer["ok"]:
        raise SystemExit(OTHER)


def _verdict(answer: dict[str, Any]) -> str:
    if answer["ok"]:
        return f"ok: {answer['size']} entries, root {answer['root']}"
    lines = [f"BROKEN from entry {answer['first_bad']} of {answer['size']}"]
    return "\n".join(lines + [f"  {p['code']}: {p['message']}" for p in answer["problems"]])


@audit.command()
@click.option("-o", "output", type=click.Path(path_type=Path), help="File to write the note to.")
@as_option
@json_option
def checkpoint(output: Path | None, as_user: str | None, as_json: bool) -> None:
    """Sign the log as it stands. Keep the note outside."""
    archive = open_archive()
    note = auditing.checkpoint(archive, actor(archive, as_user))
    if output is not None:
        output.write_text(note, encoding="utf-8")
    emit({"note": note}, as_json, note)


@audit.command()
@click.argument("entry", type=int, required=False)
@click.option("--from", "old", type=int, help="Prove that the log of this size is the beginning of today's.")
@as_option
@json_option
def prove(entry: int | None, old: int | None, as_user: str | None, as_json: bool) -> None:
    """Prove that ENTRY is in the log, or that an older log is its beginning."""
    archive = open_archive()
    who = actor(archive, as_user)
    if (entry is None) == (old is None):
        fail("audit prove", "name an entry, or --from SIZE", BAD_INPUT, code="usage")
    if entry is not None:
        emit(auditing.prove_inclusion(archive, who, entry), as_json)
    elif old is not None:
        emit(auditing.prove_consistency(archive, who, old), as_json)


@audit.command(name="list")
@click.option("--limit", default=50, show_default=True)
@click.option("--event")
@click.option("--subject")
@as_option
@json_option
def list_(limit: int, event: str | None, subject: str | None, as_user: str | None, as_json: bool) -> None:
    """Entries, newest first."""
    archive = open_archive()
    page = auditing.entries(archive, actor(archive, as_user), event=event, subject=subject, limit=limit)
    emit_all(
        page.entries,
        as_json,
        lambda e: f"{e.number:>7}  {e.at:%Y-%m-%d %H:%M:%S}  {e.event:<26} {e.actor}  {e.subject}",
    )


@audit.command()
@as_option
def export(as_user: str | None) -> None:
    """Every entry as one JSON line, for keeping and verifying outside."""
    archive = open_archive()
    emit_all(auditing.export(archive, actor(archive, as_user)), True, str)
