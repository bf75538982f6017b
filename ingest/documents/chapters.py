"""Chapters of a controlled document: numbered headings and clauses, by sections of a manual where it has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.documents.rows import chapter_key
from ingest.documents.source import SourceLine
from schemas.text import fold

_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,3}){1,5})(?![\d%.])[、.．]? *(?P<title>.*)")
_WHOLE = re.compile(r"(?P<number>\d{1,2})(?:[、.．]| {1,4}|\t)(?![\d.])(?P<title>\D.*)?")
_NAMED = re.compile(r"(?P<number>第 ?[一二三四五六七八九十百\d]{1,4} ?[章节条篇])[ 、:]*(?P<title>.*)")
_UNIT = re.compile(r"(?:元(?![旦件])|万元|米|公里|平方|㎡|小时|公斤|千克|吨|倍|km|cm|mm|kg)")
_CONTENTS = re.compile(r".*?(?:[.·…]{3,}|\t) *\d+$")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One numbered chapter; `section` counts the first-level headings before it (0 where there are none)."""

    number: str
    title: str
    section: int


def chapters_of(lines: Sequence[SourceLine], skip: frozenset[int]) -> tuple[Chapter, ...]:
    """All numbered chapters in order; lines of the control page (`skip`), headers and tables are left out."""
    found: list[Chapter] = []
    section = 0
    contents: set[str] = set()
    in_contents = False
    for index, line in enumerate(lines):
        if index in skip or line.kind != "text":
            continue
        if line.plain in ("目录", "目次", "contents"):
            in_contents = True
            continue
        if in_contents:
            entry = re.sub(r"^[\d.、第章节]+|[.·…\d]+$", "", line.plain)
            if line.level == 0 and entry not in contents and not _NUMBERED.match(fold(line.text)):
                contents.add(entry)
                continue
            in_contents = False
        starts_section = line.level == 1 or (line.level == 0 and line.plain in contents)
        section += starts_section
        chapter = chapter_at(line, section)
        if chapter is not None:
            found.append(chapter)
    return tuple(found)


def chapter_at(line: SourceLine, section: int = 0) -> Chapter | None:
    """The chapter that begins with this line, None where none does."""
    folded = fold(line.text)
    if _CONTENTS.match(folded) and not line.level:
        return None
    for pattern in (_NUMBERED, _WHOLE, _NAMED):
        match = pattern.match(folded)
        if match is None:
            continue
        title = (match["title"] or "").strip()
        if pattern is _WHOLE and not (line.level or line.label) and (len(title) > 25 or not title):
            return None
        if _UNIT.match(title) and not line.level and not line.label:
            return None
        start = match.start("title") if match["title"] else match.end()
        return Chapter(match["number"], _first_clause(line.text[start:]), section)
    return None


def _first_clause(text: str) -> str:
    """The heading, or of running text its first clause, at most 40 characters."""
    return re.split(r"[:：。;；]", text.strip(), maxsplit=1)[0][:40].strip()


def holds(chapters: Sequence[Chapter], reference: str) -> bool:
    """Whether the chapter that a control page names is there; several may be named, 第N节 limits to one section.

    True where the reference holds no number or the document shows no chapters: then nothing can be said.
    """
    if not chapters:
        return True
    folded = fold(reference)
    section = re.match(r"\s*第 ?(\d+|[一二三四五六七八九十百]+) ?[章节篇部]", folded)
    rest = folded[section.end() :] if section else folded
    wanted = [chapter_key(number) for number in re.findall(r"\d+(?:\.\d+)*", rest)]
    number = int(chapter_key(section[0])) if section and chapter_key(section[0]).isdigit() else 0
    have = {chapter_key(c.number) for c in chapters if not number or c.section == number}
    if any("." in key for key in wanted) and not any("." in key for key in have):
        return True  # the document does not number its clauses this way
    if section and not have:
        # Sections were not told apart (no headings): look among all chapters, and for the section by its own number.
        have = {chapter_key(c.number) for c in chapters}
    if section and not wanted:
        named = {chapter_key(c.number) for c in chapters} | {str(c.section) for c in chapters}
        return str(number) in named
    return all(key in have or any(h.startswith(key + ".") for h in have) for key in wanted)
