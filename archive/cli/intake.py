"""dangan ingest: files in, one line per resulting record out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

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
from archive.cli.progress import meter
from archive.domain.people import Actor
from archive.domain.records import Intake
from archive.services import intake, results, work
from archive.services.archive import Archive
from archive.services.common import new_id
from archive.services.errors import ArchiveError
from archive.services.takeover_report import NoReport, Report, report

T = TypeVar("T")

WORKER = "command-line"
POLL = 0.1


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--type", "wanted_type", help="The files are of this type (code).")
@click.option("--house", "wanted_house", help="The files belong to this house.")
@click.option("--wait", is_flag=True, help="Wait until the files are read and can be found.")
@as_option
@json_option
def ingest(
    paths: tuple[Path, ...],
    wanted_type: str | None,
    wanted_house: str | None,
    wait: bool,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Take files and folders in."""
    archive = open_archive()
    who = actor(archive, as_user)
    received: list[tuple[Path, Intake]] = []
    bad = False
    batch = new_id()
    found = list(_files(paths))
    for path in meter(found, len(found), "ingest", as_json):
        try:
            item = _receive(archive, who, path, batch, wanted_type, wanted_house)
        except (ArchiveError, OSError) as error:
            bad = True
            message = error.message if isinstance(error, ArchiveError) else str(error)
            code = error.code if isinstance(error, ArchiveError) else "not_readable"
            problem = {"code": code, "message": message}
            emit(
                {"path": str(path), "state": "refused", "record": None, "problems": [problem]},
                as_json,
                message,
            )
            continue
        received.append((path, item))
        if not wait:
            emit(
                {"path": str(path), "state": "waiting", "intake": item.id, "batch": batch},
                as_json,
                f"{path}: 收下",
            )
    if wait and received:
        done = wait_for(archive, lambda: results.settled(archive, [i.id for _, i in received]))
        for (path, _), item in zip(received, done, strict=True):
            lines = results.lines(archive, item, str(path))
            bad = bad or any(line["state"] == "refused" for line in lines)
            emit_all(lines, as_json, _readable)
    if bad:
        raise SystemExit(OTHER)


def _receive(
    archive: Archive, who: Actor, path: Path, batch: str, wanted_type: str | None, wanted_house: str | None
) -> Intake:
    with path.open("rb") as source:
        return intake.receive_file(
            archive, who, source, path.name, batch=batch, wanted_type=wanted_type, wanted_house=wanted_house
        )


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """Files as named; of folders every file in them, hidden ones left out, in order."""
    for path in paths:
        if not path.exists():
            fail("ingest", f"{path} is not there", BAD_INPUT, code="no_such_file", hint="check the path")
        if path.is_dir():
            inside = (p for p in sorted(path.rglob("*")) if p.is_file())
            yield from (
                p for p in inside if not any(part.startswith(".") for part in p.relative_to(path).parts)
            )
        else:
            yield path


def wait_for(archive: Archive, ready: Callable[[], T | None]) -> T:
    """Wait until `ready` answers; where no worker runs, work the jobs off here.

    So every command works with and without `dangan serve`, also while it runs."""
    while True:
        if not work.workers_alive(archive):
            while work.work_here(archive, WORKER):
                pass
        answer = ready()
        if answer is not None:
            return answer
        time.sleep(POLL)


def _readable(line: dict[str, object]) -> str:
    problems = "".join(f"\n  ! {p['message']}" for p in line["problems"])  # type: ignore[attr-defined]
    said = [line["state"], line["title"], line["house"], line["date"]]
    return f"{line['path']}: {' '.join(str(part) for part in said if part)}{problems}"


@click.command(name="import")
@click.argument("catalogue", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--files", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Folder of the files."
)
@click.option("--dry-run", is_flag=True, help="Say what would become of each row; write nothing.")
@click.option(
    "--report",
    "report_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the report of every row goes (.csv or .xlsx); by default beside the catalogue.",
)
@click.option("--wait/--no-wait", default=True, help="Wait until the rows can be found.")
@as_option
@json_option
def import_(
    catalogue: Path,
    files: Path | None,
    dry_run: bool,
    report_path: Path | None,
    wait: bool,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Take over an existing archive: a catalogue with files or texts. Begun again it goes on."""
    from archive.services import takeover

    archive = open_archive()
    who = actor(archive, as_user)
    counts: dict[str, int] = {}
    answers = takeover.import_catalogue(archive, who, catalogue, files, dry_run=dry_run)
    with _report(catalogue, report_path, dry_run) as lines:
        for answer in meter(answers, None, "import", as_json):
            lines.add(answer)
            counts[answer["state"]] = counts.get(answer["state"], 0) + 1
            if answer.get("again"):
                counts["again"] = counts.get("again", 0) + 1
            if as_json:
                emit(answer, True)
            for problem in answer["problems"] if not as_json else ():
                click.echo(f"row {answer['row']}: {problem['message']}", err=True)
    if wait and not dry_run:
        wait_for(archive, lambda: results.index_current(archive) or None)
    if not as_json:
        click.echo("  ".join(f"{state}: {count}" for state, count in sorted(counts.items())) or "no rows")
    if counts.get("refused"):
        raise SystemExit(OTHER)


@contextmanager
def _report(catalogue: Path, wanted: Path | None, dry_run: bool) -> Iterator[Report]:
    """The report of every row, beside the catalogue unless it is to go elsewhere; a folder that takes no file is said
    and stops nothing. Whole or not there: it gets its name at the end."""
    ending = ".xlsx" if catalogue.suffix.lower() == ".xlsx" else ".csv"
    name = f"{catalogue.name}.{'dry-run' if dry_run else 'report'}{ending}"
    path = wanted or catalogue.with_name(name)
    part = path.with_name(path.name + ".part")
    try:
        out = part.open("wb")
    except OSError as error:
        if wanted:
            fail("import", f"{path}: {error.strerror}", BAD_INPUT, code="no_report", hint="name another file")
        click.echo(f"no report beside the catalogue: {error.strerror}; name one with --report", err=True)
        yield NoReport()
        return
    with out:
        lines = report(path.suffix.lower(), out)
        try:
            yield lines
        finally:
            lines.close()
    part.replace(path)
    click.echo(f"report: {path}", err=True)
