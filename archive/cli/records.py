"""dangan search, show, get."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from archive.cli.common import DAY, actor, as_option, emit, json_option, open_archive
from archive.domain.four_properties import summary
from archive.services import reading
from archive.services import search as searching
from archive.services.objects import plain
from archive.services.views import Hit, RecordView, SearchPage


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--superseded", is_flag=True, help="Also revisions that are not in force.")
@as_option
@click.option("--limit", default=20, show_default=True)
@click.option("--offset", default=0)
@click.option("--type", "types", multiple=True, help="Only records of this type code.")
@click.option("--house", help="Only records of this house, in any spelling.")
@click.option("--from", "date_from", type=DAY)
@click.option("--to", "date_to", type=DAY)
@json_option
def search(
    query: tuple[str, ...],
    as_user: str | None,
    limit: int,
    offset: int,
    types: tuple[str, ...],
    house: str | None,
    date_from: date | None,
    date_to: date | None,
    superseded: bool,
    as_json: bool,
) -> None:
    """Find records by their words, house or number."""
    archive = open_archive()
    page = searching.search(
        archive,
        actor(archive, as_user),
        " ".join(query),
        types=types,
        house=house,
        date_from=date_from,
        date_to=date_to,
        limit=limit,
        offset=offset,
        superseded=superseded,
    )
    emit(_page(page), as_json, lambda _: _readable(page))


def _page(page: SearchPage) -> dict[str, Any]:
    return {
        "total": page.total,
        "hits": [_hit(h) for h in page.hits],
        "current_to": page.current_to,
        "behind": page.behind,
        "complete": page.complete,
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "record": hit.record,
        "type": hit.type,
        "title": hit.title,
        "house": hit.house,
        "date": hit.date,
        "restricted": hit.restricted,
        "snippet": None if hit.snippet is None else "".join(p.text for p in hit.snippet),
        "access_class": hit.access_class,
        "state": hit.state,
    }


def _readable(page: SearchPage) -> str:
    lines = [f"{page.total} 件"]
    for hit in page.hits:
        mark = "绝密，需申请查阅" if hit.restricted else "".join(p.text for p in hit.snippet or ())
        lines.append(f"{hit.record}  {hit.date or '----------'}  {hit.house or '-':<10} {hit.title}  {mark}")
    return "\n".join(lines)


@click.command()
@click.argument("record")
@as_option
@json_option
def show(record: str, as_user: str | None, as_json: bool) -> None:
    """What a record is, where it belongs, until when it is kept."""
    archive = open_archive()
    view = reading.open_record(archive, actor(archive, as_user), record)
    emit({**plain(view), "four_properties": _four_properties(view)}, as_json, lambda _: _card(view))


def _four_properties(view: RecordView) -> dict[str, Any] | None:
    """The check of the present version; None where there is none or its record may not be opened."""
    present = next((v for v in view.versions if v.number == view.record.version and v.checks), None)
    if present is None:
        return None
    return {"version": present.number, "summary": summary(present.checks), "items": list(present.checks)}


PROPERTY_NAMES = {"authenticity": "真实性", "integrity": "完整性", "usability": "可用性", "safety": "安全性"}
RESULT_NAMES = {
    "passed": "通过",
    "failed": "不通过",
    "open": "待处理",
    "confirmed": "人工确认",
    "not_checked": "未检测",
}


def _properties_line(view: RecordView) -> str:
    found = _four_properties(view)
    told = found["summary"] if found else {}
    return "、".join(f"{PROPERTY_NAMES[name]}{RESULT_NAMES[result]}" for name, result in told.items()) or "-"


def _card(view: RecordView) -> str:
    r = view.record
    reasons = view.decision.reasons[0] if view.decision and view.decision.reasons else ""
    lines: list[tuple[str, object]] = [
        ("件", r.id),
        ("题名", r.title),
        ("类型", r.type or "待核对"),
        ("房屋", view.house.written if view.house else r.house_key or "-"),
        ("日期", r.record_date or "-"),
        ("密级", r.access_class),
        ("状态", r.state.value),
        ("案卷", view.dossier.code if view.dossier else "-"),
        ("四性", _properties_line(view)),
        ("保管", reasons),
    ]
    return "\n".join(f"{label}  {value}" for label, value in lines)


@click.command()
@click.argument("record")
@click.option("--version", type=int)
@click.option(
    "-o", "output", type=click.Path(path_type=Path), help="File to write; standard output otherwise."
)
@as_option
def get(record: str, version: int | None, output: Path | None, as_user: str | None) -> None:
    """The original bytes of a record, where the person may take them away."""
    archive = open_archive()
    got = reading.download(archive, actor(archive, as_user), record, version)
    if output is None:
        sys.stdout.buffer.write(got.content)
    else:
        output.write_bytes(got.content)
