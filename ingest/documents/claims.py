"""What a revision's control page says was changed beside what was; and the rows that a change gets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.documents.difference import claims_of, compare
from ingest.facts import Problem, RevisionRow
from ingest.problems import problem

_APART = re.compile(r"[、,，;；\s]+")
_SECTION = re.compile(r"第 ?\S{1,4} ?[章节条篇]$")
MOST_ROWS = 12
"""Chapters that a control page names one by one; beyond it the change is of the whole text."""


def chapters_named(text: str) -> tuple[str, ...]:
    """The chapters that somebody lists: "4.1.1、5.0" → two; 第2节 stays with the number after it."""
    parts = [p for p in _APART.split(text.strip()) if p]
    out: list[str] = []
    for part in parts:
        if out and _SECTION.fullmatch(out[-1]):
            out[-1] = f"{out[-1]} {part}"
        else:
            out.append(part)
    return tuple(dict.fromkeys(out))


def rows_for(
    *,
    revision: str,
    notice: str,
    chapters: str,
    base: str | None,
    text: str,
    changed: tuple[str, str],
    approved: tuple[str, str],
) -> tuple[RevisionRow, ...]:
    """The rows of the control page for a revision: one for each chapter that was named, else for each that differs.

    `base` is the text before (None: a first issue, which has no rows); `changed` and `approved` are (name, ISO day).
    """
    if base is None:
        return ()
    named = chapters_named(chapters)
    if not named:
        differing = [c.chapter for c in compare(base, text).chapters]
        whole = not differing or len(differing) > MOST_ROWS or not all(differing)
        named = ("全文",) if whole else tuple(dict.fromkeys(differing))
    return tuple(RevisionRow("", chapter, notice, revision, *changed, *approved) for chapter in named)


def disagreements(base: str, text: str, rows: Sequence[RevisionRow], revision: str) -> tuple[Problem, ...]:
    """What the control page claims for a revision and the text does not show, and what the text shows unclaimed.

    A revision without rows of its own is a new edition and claims nothing.
    """
    named = [r.chapter for r in rows if r.state == revision and r.chapter]
    if not named:
        return ()
    claims, unnamed = claims_of(named, compare(base, text))
    found = [problem("chapter_not_changed", chapter=c.chapter) for c in claims if not c.differs]
    found += [problem("chapter_not_named", chapter=chapter) for chapter in unnamed]
    return tuple(found)


def rows_lost(
    before: Sequence[RevisionRow], now: Sequence[RevisionRow], *, major: bool
) -> tuple[Problem, ...]:
    """Rows of the ledger that a draft no longer carries; a new edition (`major`) may begin a page of its own."""
    have = {(r.notice, r.state, r.chapter) for r in now}
    lost = [r for r in before if (r.notice, r.state, r.chapter) not in have]
    if major or not lost:
        return ()
    return (problem("rows_lost", states="、".join(f"{r.state} {r.chapter}" for r in lost)),)
