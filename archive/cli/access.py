"""dangan access: list, request, approve, refuse, withdraw, revoke."""

from __future__ import annotations

from typing import Any

import click

from archive.cli.common import actor, as_option, emit, emit_all, json_option, open_archive
from archive.services import access as rights
from archive.services.views import RequestView


@click.group()
def access() -> None:
    """Requests to read, and grants."""


def _line(view: RequestView) -> dict[str, Any]:
    return {
        "request": view.request.id,
        "state": view.request.state,
        "requester": view.requester.name,
        "target_kind": view.request.target_kind,
        "target": view.request.target,
        "purpose": view.request.purpose,
        "days": view.request.days,
        "kind": view.request.kind,
        "emergency": view.request.emergency,
        "grant": view.grant.id if view.grant else None,
        "until": view.grant.ends_at if view.grant else None,
        "opened": len(view.readings),
    }


@access.command(name="list")
@click.option("--state", type=click.Choice(["open", "approved", "refused", "withdrawn"]))
@as_option
@json_option
def list_(state: str | None, as_user: str | None, as_json: bool) -> None:
    """Requests, newest first."""
    archive = open_archive()
    views = rights.requests(archive, actor(archive, as_user), state=state)
    emit_all(
        map(_line, views),
        as_json,
        lambda r: f"{r['request']}  {r['state']:<9} {r['requester']:<12} {r['target']}  {r['purpose']}",
    )


@access.command()
@click.argument("target")
@click.option("--dossier", is_flag=True, help="TARGET is a dossier, not a record.")
@click.option("--purpose", required=True)
@click.option("--days", default=7, show_default=True)
@click.option("--copy", is_flag=True, help="Also to take a watermarked copy along.")
@as_option
@json_option
def request(
    target: str, dossier: bool, purpose: str, days: int, copy: bool, as_user: str | None, as_json: bool
) -> None:
    """Ask to read a record or dossier."""
    archive = open_archive()
    kind = "dossier" if dossier else "record"
    made = rights.request_access(
        archive,
        actor(archive, as_user),
        target_kind=kind,
        target=target,
        purpose=purpose,
        days=days,
        kind="copy" if copy else "view",
    )
    emit({"request": made.id, "state": made.state}, as_json, lambda r: r["request"])


@access.command()
@click.argument("request")
@click.option("--days", type=int, help="Fewer or more days than asked for.")
@click.option("--reason", default="")
@click.option("--view-only", is_flag=True, help="Reading only, where a copy was asked for.")
@click.option("--record", "records", multiple=True, help="Only this record of the dossier; may be repeated.")
@as_option
@json_option
def approve(
    request: str,
    days: int | None,
    reason: str,
    view_only: bool,
    records: tuple[str, ...],
    as_user: str | None,
    as_json: bool,
) -> None:
    """Approve a request of someone else."""
    archive = open_archive()
    kind = "view" if view_only else None
    grant = rights.approve(
        archive, actor(archive, as_user), request, days=days, reason=reason, kind=kind, records=records
    )
    emit(
        {"grant": grant.id, "until": grant.ends_at},
        as_json,
        lambda g: f"{g['grant']} until {g['until']:%Y-%m-%d %H:%M} UTC",
    )


@access.command()
@click.argument("request")
@click.option("--reason", required=True)
@as_option
@json_option
def refuse(request: str, reason: str, as_user: str | None, as_json: bool) -> None:
    """Refuse a request, with a reason."""
    archive = open_archive()
    done = rights.refuse(archive, actor(archive, as_user), request, reason=reason)
    emit({"request": done.id, "state": done.state}, as_json, lambda r: r["state"])


@access.command()
@click.argument("request")
@as_option
@json_option
def withdraw(request: str, as_user: str | None, as_json: bool) -> None:
    """Take an own request back."""
    archive = open_archive()
    done = rights.withdraw(archive, actor(archive, as_user), request)
    emit({"request": done.id, "state": done.state}, as_json, lambda r: r["state"])


@access.command()
@click.argument("grant")
@click.option("--reason", default="")
@as_option
@json_option
def revoke(grant: str, reason: str, as_user: str | None, as_json: bool) -> None:
    """End a grant at once."""
    archive = open_archive()
    done = rights.revoke(archive, actor(archive, as_user), grant, reason=reason)
    emit({"grant": done.id, "revoked_at": done.revoked_at}, as_json, lambda g: f"{g['grant']} revoked")
