"""Cells of a control page → `RevisionRow`: states, days and people in normal form, as written where they are not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ingest.facts import RevisionRow
from ingest.read.numbering import chinese
from schemas.dates import find_dates, parse_date
from schemas.revisions import parse_revision
from schemas.text import fold

KEYS = ("pages", "chapter", "notice", "state", "changed_by", "changed_on", "approved_by", "approved_on")
_CELL = 500
_FILLERS = re.compile(r"^[\s\-—_/\\.、，,:：;；*＊·~～]+$")
_EDGES = " \t\n/／\\、,，;；:：|-—()（）[]"
_BROKEN_DAY = re.compile(r"(?<=[\d.\-/年月])\s+(?=[\d年月日])")
_SECTION = re.compile(r"第 ?(\S{1,4}?) ?([章节条篇])")
_WRITTEN_DAY = re.compile(
    r"\d{2,4}\s*[-./年]\s*\d{1,2}(?:\s*[-./月]\s*\d{0,2}\s*日?)?|\d{6,8}|\d{1,2}\s*月\s*\d{1,2}\s*日?"
)


def row_of(cells: Mapping[str, str], edition: str = "") -> RevisionRow | None:
    """The row that these cells (column → text) write, None for an empty one.

    `edition` is the letter of the cover, for pages whose state column holds the number alone.
    """
    clean = {key: _clean(text) for key, text in cells.items()}
    if not any(clean.values()):
        return None
    changed_by, changed_on = person_and_day(clean.get("changed_by", ""), clean.get("changed_on", ""))
    approved_by, approved_on = person_and_day(clean.get("approved_by", ""), clean.get("approved_on", ""))
    return RevisionRow(
        pages=re.sub(r"\s+", " ", clean.get("pages", "")),
        chapter=_SECTION.sub(r"第\1\2", re.sub(r"\s+", " ", clean.get("chapter", ""))),
        notice=re.sub(r"\s+", "", clean.get("notice", "")),
        state=state_of(clean.get("state", ""), clean.get("edition", "") or edition),
        changed_by=changed_by,
        changed_on=changed_on,
        approved_by=approved_by,
        approved_on=approved_on,
    )


def split_cells(cells: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """A table row that holds several revisions, one per line of its cells, as separate rows."""
    lines = {key: [x.strip() for x in text.split("\n") if x.strip()] for key, text in cells.items()}
    states = lines.get("state", [])
    count = len(states)
    if count < 2 or not all(_is_state(state) for state in states):
        yield dict(cells)
        return
    for index in range(count):
        yield {key: _share(found, index, count) for key, found in lines.items()}


def _share(lines: list[str], index: int, count: int) -> str:
    if not lines or len(lines) == 1:
        return "".join(lines)
    per = len(lines) // count
    if per * count == len(lines):
        return "\n".join(lines[index * per : (index + 1) * per])
    return lines[index] if index < len(lines) else ""


def _is_state(text: str) -> bool:
    try:
        parse_revision(text)
    except ValueError:
        return False
    return True


def _clean(text: str) -> str:
    text = text.strip()[:_CELL]
    return "" if _FILLERS.match(text) else text


def state_of(written: str, edition: str) -> str:
    """A state as "A/1"; a bare number takes the edition beside it; what is none stays as written."""
    text = re.sub(r"\s+", "", written)
    number = re.fullmatch(r"第?(\d{1,2})次?(?:修改|修订)?", fold(text))
    if number:
        letters = re.match(r"[a-z]{1,2}", fold(edition).strip())
        return f"{letters[0].upper()}/{int(number[1])}" if letters else text
    try:
        return str(parse_revision(text)) if text else ""
    except ValueError:
        return text


def person_and_day(person: str, day: str = "") -> tuple[str, str]:
    """Who and when, from one cell ("唐学文/2024.03.26") or two; the day as ISO 8601 where it is one."""
    person = _BROKEN_DAY.sub("", person)
    if day:
        return person.strip(_EDGES), iso(day)
    found = find_dates(person)
    if found:
        rest = person[: found[0].start] + " " + person[found[0].end :]
        return _name(rest), found[0].date.isoformat()
    written = _WRITTEN_DAY.search(person)
    if written:
        return _name(person[: written.start()] + " " + person[written.end() :]), written[0].strip()
    return _name(person), ""


def iso(day: str) -> str:
    """A day as ISO 8601, as written where it is none."""
    joined = _BROKEN_DAY.sub("", day).strip(_EDGES)
    found = parse_date(joined)
    return found.isoformat() if found else joined


def _name(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(_EDGES)


def chapter_key(written: str) -> str:
    """A chapter's number for comparing: 4, 4.0 and 第四章 are one; "" where there is no number."""
    text = re.sub(r"\s+", "", fold(written))
    named = re.match(r"第([一二三四五六七八九十百零〇]+)[章节条]", text)
    if named:
        return next((str(n) for n in range(1, 200) if chinese(n) == named[1]), named[1])
    number = re.search(r"\d+(?:\.\d+)*", text)
    if not number:
        return ""
    parts = [str(int(part)) for part in number[0].split(".")]
    while len(parts) > 1 and parts[-1] == "0":
        parts.pop()
    return ".".join(parts)
