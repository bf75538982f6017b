"""dangan docs: list, show."""

from __future__ import annotations

from typing import Any

import click

from archive.cli.common import actor, as_option, emit, emit_all, json_option, open_archive
from archive.domain.documents import Revision
from archive.services import documents
from archive.services.views import DocumentView


@click.group()
def docs() -> None:
    """Controlled documents."""


@docs.command(name="list")
@as_option
@json_option
def list_(as_user: str | None, as_json: bool) -> None:
    """Every controlled document with its valid revision."""
    archive = open_archive()
    found = documents.list_documents(archive, actor(archive, as_user))
    emit_all(
        ({"number": d.id, "title": d.title, "revision": d.valid} for d in found),
        as_json,
        lambda d: f"{d['number']:<16} {d['revision'] or '-':<6} {d['title']}",
    )


@docs.command()
@click.argument("number")
@click.option("--revision")
@as_option
@json_option
def show(number: str, revision: str | None, as_user: str | None, as_json: bool) -> None:
    """A document, its revision and its control page."""
    archive = open_archive()
    view = documents.show(archive, actor(archive, as_user), number, revision)
    emit(describe(view), as_json, _readable)


def describe(view: DocumentView) -> dict[str, Any]:
    """The newest (or only) revision of the view, as design 8 fixes it."""
    one: Revision | None = view.revisions[0] if view.revisions else None
    return {
        "number": view.document.id,
        "title": one.title if one else view.document.title,
        "revision": one.revision if one else None,
        "state": one.state if one else None,
        "effective": one.effective if one else None,
        "control_page": list(one.control_page) if one else [],
        "findings": list(one.findings) if one else [],
        "record": one.record if one else None,
        "revisions": [
            {"revision": r.revision, "state": r.state, "effective": r.effective, "record": r.record}
            for r in view.revisions
        ],
    }


def _readable(d: dict[str, Any]) -> str:
    lines = [f"{d['number']} {d['title']}  {d['revision']} ({d['state']})"]
    for row in d["control_page"]:
        lines.append("  ".join(str(row[k] or "-") for k in row))
    lines += [f"! {f['message']}" for f in d["findings"]]
    return "\n".join(lines)
