"""dangan place: add, list, change, put, labels. dangan loan: list, request, approve, refuse, hand-out, return, lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from archive.cli.common import DAY, actor, as_option, emit, emit_all, json_option, open_archive
from archive.domain.paper import Loan, LoanState, Place, PlaceKind
from archive.services import paper
from archive.services.paper_views import LoanView


@click.group()
def place() -> None:
    """Where paper originals stand."""


def _place(way: tuple[Place, ...]) -> dict[str, Any]:
    here = way[-1]
    return {
        "place": here.code,
        "kind": here.kind.value,
        "name": here.name,
        "inside": way[-2].code if len(way) > 1 else None,
        "path": [p.name for p in way],
    }


@place.command(name="add")
@click.argument("name")
@click.option("--kind", type=click.Choice([k.value for k in PlaceKind]), required=True)
@click.option("--in", "inside", metavar="PLACE", help="The place it stands in; rooms stand in none.")
@click.option("--number", default=1, show_default=True, help="How many alike, numbered.")
@as_option
@json_option
def add(name: str, kind: str, inside: str | None, number: int, as_user: str | None, as_json: bool) -> None:
    """Add a room, cabinet, shelf or box."""
    archive = open_archive()
    made = paper.add_place(
        archive, actor(archive, as_user), kind=kind, name=name, inside=inside, number=number
    )
    lines = ({"place": p.code, "kind": p.kind.value, "name": p.name} for p in made)
    emit_all(lines, as_json, lambda p: f"{p['place']}  {p['name']}")


@place.command(name="list")
@as_option
@json_option
def list_places(as_user: str | None, as_json: bool) -> None:
    """Every place, each below the one it stands in."""
    archive = open_archive()
    ways = paper.places(archive, actor(archive, as_user))
    emit_all(map(_place, ways), as_json, lambda p: f"{p['place']}  {' / '.join(p['path'])}")


@place.command()
@click.argument("place")
@click.option("--name", default="")
@click.option(
    "--in", "inside", metavar="PLACE", default="", help="Move it there, with all that stands in it."
)
@as_option
@json_option
def change(place: str, name: str, inside: str, as_user: str | None, as_json: bool) -> None:
    """Rename or move a place."""
    archive = open_archive()
    done = paper.change_place(archive, actor(archive, as_user), place, name=name, inside=inside)
    emit({"place": done.code, "name": done.name}, as_json, lambda p: f"{p['place']}  {p['name']}")


@place.command()
@click.argument("target")
@click.argument("place")
@click.option("--dossier", is_flag=True, help="TARGET is a dossier (its id or archival code), not a record.")
@click.option("--note", default="", help="Where in it, such as 第3本.")
@as_option
@json_option
def put(target: str, place: str, dossier: bool, note: str, as_user: str | None, as_json: bool) -> None:
    """Say where the paper original of a record or dossier stands."""
    archive = open_archive()
    kind = "dossier" if dossier else "record"
    made = paper.put(
        archive, actor(archive, as_user), target_kind=kind, target=target, place=place, note=note
    )
    line = {
        "target": made.id,
        "kind": kind,
        "place": paper.place_of(archive, actor(archive, as_user), place).code,
    }
    emit(line, as_json, lambda p: f"{p['target']} stands in {p['place']}")


@place.command()
@click.argument("places", nargs=-1, required=True)
@click.option("--inside", is_flag=True, help="Labels of all that stands right in them.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@as_option
@json_option
def labels(places: tuple[str, ...], inside: bool, output: Path, as_user: str | None, as_json: bool) -> None:
    """Labels with codes to scan, twelve on an A4 sheet, as PDF."""
    archive = open_archive()
    made = paper.labels(archive, actor(archive, as_user), list(places), inside=inside)
    output.write_bytes(made.content)
    emit({"path": str(output), "size": len(made.content)}, as_json, lambda f: f["path"])


@click.group()
def loan() -> None:
    """Loans of paper originals."""


def _short(one: Loan) -> dict[str, Any]:
    return {"loan": one.id, "state": one.state.value, "target": one.target, "due": one.due_on}


def _line(view: LoanView) -> dict[str, Any]:
    return {
        **_short(view.loan),
        "target_kind": view.loan.target_kind,
        "borrower": view.borrower.name,
        "handed_to": view.loan.handed_to,
        "purpose": view.loan.purpose,
        "days": view.loan.days,
        "days_late": view.days_late,
        "place": view.where[-1].code if view.where else None,
        "outcome": view.loan.outcome,
    }


def _say(one: dict[str, Any]) -> str:
    return f"{one['loan']}  {one['state']}" + (f"  due {one['due']}" if one["due"] else "")


@loan.command(name="list")
@click.option("--state", type=click.Choice([s.value for s in LoanState]))
@click.option("--late", is_flag=True, help="Only what is out and past its due day.")
@as_option
@json_option
def list_loans(state: str | None, late: bool, as_user: str | None, as_json: bool) -> None:
    """Loans, newest first; late ones by their due day."""
    archive = open_archive()
    states = [LoanState(state)] if state else []
    views = paper.loans(archive, actor(archive, as_user), states=states, late=late)
    emit_all(
        map(_line, views),
        as_json,
        lambda r: f"{_say(r)}  {r['borrower']}  {r['target']}  {r['purpose']}",
    )


@loan.command(name="request")
@click.argument("target")
@click.option("--dossier", is_flag=True, help="TARGET is a dossier (its id or archival code), not a record.")
@click.option("--purpose", required=True)
@click.option("--days", default=7, show_default=True)
@as_option
@json_option
def request_(target: str, dossier: bool, purpose: str, days: int, as_user: str | None, as_json: bool) -> None:
    """Ask to take a paper original away."""
    archive = open_archive()
    kind = "dossier" if dossier else "record"
    made = paper.request_loan(
        archive, actor(archive, as_user), target_kind=kind, target=target, purpose=purpose, days=days
    )
    emit(_short(made), as_json, _say)


@loan.command(name="approve")
@click.argument("loan")
@click.option("--days", type=int, help="Fewer or more days than asked for.")
@as_option
@json_option
def approve_(loan: str, days: int | None, as_user: str | None, as_json: bool) -> None:
    """Approve a loan of someone else."""
    archive = open_archive()
    emit(_short(paper.approve(archive, actor(archive, as_user), loan, days=days)), as_json, _say)


@loan.command(name="refuse")
@click.argument("loan")
@click.option("--reason", required=True)
@as_option
@json_option
def refuse_(loan: str, reason: str, as_user: str | None, as_json: bool) -> None:
    """Refuse a loan, with a reason."""
    archive = open_archive()
    emit(_short(paper.refuse(archive, actor(archive, as_user), loan, reason=reason)), as_json, _say)


@loan.command(name="withdraw")
@click.argument("loan")
@as_option
@json_option
def withdraw_(loan: str, as_user: str | None, as_json: bool) -> None:
    """Take an own loan back before the paper is handed out."""
    archive = open_archive()
    emit(_short(paper.withdraw(archive, actor(archive, as_user), loan)), as_json, _say)


@loan.command(name="hand-out")
@click.argument("loan")
@click.option("--to", default="", help="Who takes it, if not the borrower.")
@click.option("--due", type=DAY, help="The last day; by default the approved days from today.")
@as_option
@json_option
def hand_out_(loan: str, to: str, due: date | None, as_user: str | None, as_json: bool) -> None:
    """Give the paper out."""
    archive = open_archive()
    emit(_short(paper.hand_out(archive, actor(archive, as_user), loan, to=to, due=due)), as_json, _say)


@loan.command(name="return")
@click.argument("loan")
@click.option("--place", default="", help="Where it was put; by default where it stood.")
@click.option("--note", default="", help="Where in it, such as 第3本.")
@as_option
@json_option
def return_(loan: str, place: str, note: str, as_user: str | None, as_json: bool) -> None:
    """The paper came back."""
    archive = open_archive()
    done = paper.take_back(archive, actor(archive, as_user), loan, place=place, note=note)
    emit({**_short(done), "outcome": done.outcome}, as_json, _say)


@loan.command()
@click.argument("loan")
@click.option("--reason", required=True)
@as_option
@json_option
def lost(loan: str, reason: str, as_user: str | None, as_json: bool) -> None:
    """Report the paper lost, with how."""
    archive = open_archive()
    emit(_short(paper.report_lost(archive, actor(archive, as_user), loan, reason=reason)), as_json, _say)
