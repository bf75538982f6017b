"""dangan audit: verify, checkpoint, prove, export, list."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from archive.bootstrap import new_witness
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
from archive.domain.checkpoints import NoteError, Verifier
from archive.services import audit_view, auditing
from archive.services.audit_view import Wanted


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
@click.option(
    "--witness",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The witness's public key (….verifier.txt): each --checkpoint must be cosigned by it.",
)
@as_option
@json_option
def verify(notes: tuple[Path, ...], witness: Path | None, as_user: str | None, as_json: bool) -> None:
    """Read the whole log again and hold it against its tree and the signed checkpoints."""
    if witness is not None and not notes:
        fail("audit verify", "--witness goes with --checkpoint", BAD_INPUT, code="usage")
    archive = open_archive()
    outside = [note.read_text(encoding="utf-8", errors="replace") for note in notes]
    key = _verifier(witness) if witness else None
    answer = auditing.verify(archive, actor(archive, as_user), outside, witness=key)
    emit(answer, as_json, _verdict)
    if not answer["ok"]:
        raise SystemExit(OTHER)


def _verifier(path: Path) -> Verifier:
    try:
        return Verifier.parse(path.read_text(encoding="utf-8", errors="replace"))
    except NoteError as error:
        fail("audit verify", f"{path}: {error}", BAD_INPUT, code="bad_key")


def _verdict(answer: dict[str, Any]) -> str:
    if answer["ok"]:
        return f"ok: {answer['size']} entries, root {answer['root']}"
    where = "" if answer["first_bad"] is None else f" from entry {answer['first_bad']}"
    lines = [f"BROKEN{where}: {answer['size']} entries are there"]
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
    witness = auditing.witness_of(archive, note)
    emit({"note": note, "witness": witness}, as_json, note)
    if witness in ("away", "missing"):
        click.echo(f"dangan: audit checkpoint: signed, but not witnessed ({witness})", err=True)


@audit.command(name="make-witness")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def make_witness(file: Path, as_json: bool) -> None:
    """Make a witness's key in FILE, best on a medium that the archive's administrators do not hold.

    Name FILE in DANGAN_WITNESS_KEY; keep the printed public key outside.
    """
    try:
        key = new_witness(file)
    except FileExistsError:
        fail("audit make-witness", f"{file} is there already", BAD_INPUT, code="exists")
    except OSError as error:
        fail("audit make-witness", f"{file}: {error.strerror}", OTHER, code="io")
    emit({"file": str(file), "verifier": key.text()}, as_json, key.text())


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
@click.option("--about", help="A person, a house, an archival code or an id: everything that names it.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="First day.")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), help="Last day.")
@as_option
@json_option
def list_(
    limit: int,
    event: str | None,
    subject: str | None,
    about: str | None,
    since: datetime | None,
    until: datetime | None,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Entries, newest first."""
    archive = open_archive()
    wanted = Wanted(
        event=event or "",
        subject=subject or "",
        about=about or "",
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    page = audit_view.entries(archive, actor(archive, as_user), wanted, limit=limit)
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
