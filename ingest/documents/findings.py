"""What disagrees within one revision of a controlled document; every finding names both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from ingest.documents.chapters import Chapter, holds
from ingest.documents.control_page import ControlPage
from ingest.documents.cover import Cover
from ingest.facts import Problem, RevisionRow
from ingest.problems import problem
from ingest.read.content import Change
from schemas.revisions import Revision, parse_revision

_DAYS = (
    ("prepared", "编制日期"),
    ("reviewed", "审核日期"),
    ("approved", "批准日期"),
    ("effective", "实施日期"),
)
_NAMES = dict(_DAYS) | {"issued": "发布日期"}
_NEEDED = (("chapter", "章节号"), ("notice", "文件更改通知单号"), ("state", "修改状态"), ("changed_by", "修改人"),
           ("changed_on", "修改日期"))  # fmt: skip


def findings(
    cover: Cover,
    header: Cover,
    control: ControlPage | None,
    chapters: Sequence[Chapter],
    changes: Sequence[Change],
    pages: int | None,
) -> tuple[Problem, ...]:
    """All disagreements, in the order of the document. `pages` is the page count of a fixed layout, None else."""
    rows = control.rows if control else ()
    found = [*_cover(cover), *_header(cover, header)]
    if control is not None:
        found += _states(cover, rows)
        found += _rows(rows, control.columns)
        found += _row_days(rows)
        found += _references(rows, chapters, cover.revision, pages)
        found += _effective(cover, rows)
    if changes:
        found.append(_tracked(changes))
    return tuple(found)


def _revision(text: str) -> Revision | None:
    try:
        return parse_revision(text) if text else None
    except ValueError:
        return None


def _cover(cover: Cover) -> Iterator[Problem]:
    for kind, written in cover.unreadable:
        yield problem("date_unreadable", where=f"封面{_NAMES.get(kind, '日期')}", written=written)
    known = [(name, cover.days[kind]) for kind, name in _DAYS if kind in cover.days]
    for (earlier, earlier_on), (later, later_on) in pairwise(known):
        if later_on < earlier_on:
            yield _disorder("封面", later, later_on, earlier, earlier_on)
    issued, effective = cover.days.get("issued"), cover.days.get("effective")
    if issued and effective and effective < issued:
        yield _disorder("封面", "实施日期", effective, "发布日期", issued)


def _disorder(where: str, later: str, later_on: object, earlier: str, earlier_on: object) -> Problem:
    return problem(
        "dates_out_of_order",
        where=where,
        later=later,
        later_on=later_on,
        earlier=earlier,
        earlier_on=earlier_on,
    )


def _header(cover: Cover, header: Cover) -> Iterator[Problem]:
    if cover.number and header.number and cover.number.upper() != header.number.upper():
        yield problem("header_mismatch", header=header.number, cover=cover.number)
    ours, theirs = cover.revision, header.revision
    if ours and theirs:
        loose = cover.edition_only or header.edition_only
        if ours.edition != theirs.edition or (ours != theirs and not loose):
            yield problem("header_mismatch", header=theirs, cover=ours)


def _states(cover: Cover, rows: Sequence[RevisionRow]) -> Iterator[Problem]:
    ours = cover.revision
    if not rows:
        if ours and ours.change > 0 and not cover.edition_only:
            yield problem("control_page_missing", cover=ours)
        return
    previous: Revision | None = None
    for number, row in enumerate(rows, 1):
        state = _revision(row.state)
        if state is None:
            if row.state:
                yield problem("revision_unreadable", row=number, state=row.state)
            continue
        if previous and state < previous:
            yield problem("revision_backwards", row=number, state=state, previous=previous)
        elif _skips(previous, state):
            yield problem(
                "revision_gap", row=number, state=state, previous=previous or Revision(state.edition, 0)
            )
        previous = state
    if (
        ours
        and previous
        and previous != ours
        and not (cover.edition_only and previous.edition == ours.edition)
    ):
        yield problem("revision_mismatch", cover=ours, last=previous)


def _skips(previous: Revision | None, state: Revision) -> bool:
    if previous is None:
        return state.change > 1
    if state.edition == previous.edition:
        return state.change > previous.change + 1
    # A new edition need not have a row of its own: it replaces the whole document, not a page of it.
    return state.edition > previous.edition + 1 or state.change > 1


def _rows(rows: Sequence[RevisionRow], columns: frozenset[str]) -> Iterator[Problem]:
    notices: dict[str, set[str]] = {}
    for number, row in enumerate(rows, 1):
        missing = [name for key, name in _NEEDED if _shown(key, columns) and not getattr(row, key)]
        if missing:
            yield problem("row_incomplete", row=number, missing="、".join(missing))
        if "approved_by" in columns and not (row.approved_by and row.approved_on):
            yield problem("row_not_approved", row=number)
        if row.changed_by and row.changed_by == row.approved_by:
            yield problem("same_person", row=number, name=row.changed_by)
        if row.notice:
            notices.setdefault(row.notice, set()).add(row.state)
    for notice, states in notices.items():
        if len(states) > 1:
            yield problem("notice_repeated", notice=notice, states="、".join(sorted(states)))


def _shown(key: str, columns: frozenset[str]) -> bool:
    """Whether the page has a column for it; a day may share the column of its person."""
    return key in columns or (key.endswith("_on") and key.replace("_on", "_by") in columns)


def _row_days(rows: Sequence[RevisionRow]) -> Iterator[Problem]:
    before: tuple[int, date] | None = None
    for number, row in enumerate(rows, 1):
        changed, approved = _day(row.changed_on), _day(row.approved_on)
        for name, written, day in (
            ("修改日期", row.changed_on, changed),
            ("批准日期", row.approved_on, approved),
        ):
            if written and day is None:
                yield problem("date_unreadable", where=f"修改控制页第 {number} 行{name}", written=written)
        if changed and approved and approved < changed:
            yield _disorder(f"修改控制页第 {number} 行", "批准日期", approved, "修改日期", changed)
        if changed and before and changed < before[1]:
            where = f"修改控制页第 {number} 行"
            yield _disorder(where, "修改日期", changed, f"第 {before[0]} 行修改日期", before[1])
        if changed:
            before = (number, changed)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _references(
    rows: Sequence[RevisionRow], chapters: Sequence[Chapter], ours: Revision | None, pages: int | None
) -> Iterator[Problem]:
    for number, row in enumerate(rows, 1):
        if _revision(row.state) != ours:
            continue  # earlier changes named pages and chapters as they were then
        if row.chapter and not holds(chapters, row.chapter):
            yield problem("chapter_unknown", row=number, chapter=row.chapter)
        if pages and row.pages.isdigit() and int(row.pages) > pages:
            yield problem("page_out_of_range", row=number, page=row.pages, pages=pages)


def _effective(cover: Cover, rows: Sequence[RevisionRow]) -> Iterator[Problem]:
    """A revision cannot be in force before its last change was approved."""
    effective = cover.days.get("effective")
    if effective is None or not rows or _revision(rows[-1].state) != cover.revision:
        return
    approved = _day(rows[-1].approved_on)
    if approved and effective < approved:
        yield _disorder("封面与修改控制页", "实施日期", effective, f"第 {len(rows)} 行批准日期", approved)


def _tracked(changes: Sequence[Change]) -> Problem:
    examples = []
    for change in changes[:3]:
        if change.deleted and change.inserted:
            examples.append(f"“{change.deleted[:30]}”改为“{change.inserted[:30]}”")
        elif change.deleted:
            examples.append(f"删除“{change.deleted[:30]}”")
        else:
            examples.append(f"插入“{change.inserted[:30]}”" if change.inserted else "格式")
    return problem("tracked_changes", count=len(changes), examples="；".join(examples))
