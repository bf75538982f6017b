"""The body of a revision's text as passages: paragraphs with the chapter and the procedure they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.documents.chapters import chapter_at
from ingest.documents.from_text import begins_body, looks_like_row
from ingest.documents.rows import chapter_key
from ingest.documents.source import LONGEST, SourceLine, squeezed
from ingest.documents.words import CONTROL_TITLES

_LABEL = re.compile(
    r"\s*((?:\d{1,2}(?:\.\d{1,3})+|\d{1,2}[.、)）]|[a-zA-Z][.)）]|[(（]\d{1,2}[)）]|[①-⑳])\s*)"
)
_WRAPPED = 24
"""Characters from which a line without an end of sentence goes on in the next one (a print wraps its lines)."""
_ENDED = re.compile(r"[。；;:：!！?？…)）》”.]\s*$")
_PAGE = re.compile(r"(?:第 ?\d+ ?页|共 ?\d+ ?页|page \d+|[\s\d/\-—,，])*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph. `label` is its own number, `body` the text behind it in the normal form without blanks, `chapter`
    the chapter it belongs to, `section` the procedure of a manual (from 1), `title` the chapter's heading where this
    paragraph is it."""

    text: str
    label: str
    body: str
    chapter: str
    section: int
    title: str = ""

    @property
    def key(self) -> str:
        """What makes two passages the same."""
        return f"{self.label} {self.body}"


def passages_of(text: str) -> tuple[Passage, ...]:
    """The passages of a text as reading gives it, from the first chapter on (all of it where there are no chapters)."""
    lines = _body(text)
    return tuple(_placed(_joined(lines)))


def _body(text: str) -> list[str]:
    margin = _margin(text)
    lines = [line.strip()[:LONGEST] for page in text.split("\f") for line in page.split("\n")]
    kept = [x for x in lines if x and squeezed(x) not in margin and not _PAGE.fullmatch(x)]
    start = _first_chapter(kept)
    return kept[start:]


def _margin(text: str) -> set[str]:
    """Lines that every page repeats at its head or foot, page numbers apart."""
    pages = [
        [squeezed(x) for x in page.split("\n") if x.strip()] for page in text.split("\f") if page.strip()
    ]
    if len(pages) < 3:
        return set()
    edges: dict[str, int] = {}
    for page in pages:
        for line in {*page[:2], *page[-2:]}:
            edges[line] = edges.get(line, 0) + 1
    return {line for line, count in edges.items() if count > len(pages) / 2}


def _first_chapter(lines: Sequence[str]) -> int:
    """Where the text begins: behind the control page, at the title line above the first chapter if there is one."""
    control = max((i for i, x in enumerate(lines[:200]) if squeezed(x) in CONTROL_TITLES), default=-1)
    for index in range(control + 1, len(lines)):
        if (
            begins_body(lines[index])
            and not looks_like_row(lines[index])
            and not re.search(r"[.·…]{3,}|\t\d+$", lines[index])
        ):
            return index
    return 0


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """Lines that a print wrapped, as the paragraphs they are."""
    held = ""
    for line in lines:
        goes_on = (
            len(held) >= _WRAPPED and not _ENDED.search(held) and not _LABEL.match(line) and "\t" not in line
        )
        if held and not goes_on:
            yield held
            held = ""
        held += line
    if held:
        yield held


def _placed(lines: Iterator[str]) -> Iterator[Passage]:
    chapter, section = "", 0
    whole = 0
    for text in lines:
        found = chapter_at(SourceLine(text, 1))
        title = ""
        if found is not None:
            number = chapter_key(found.number)
            if "." not in number and number.isdigit():
                if section == 0 or int(number) <= min(whole, 1):
                    section += 1
                whole = int(number)
            chapter, title = found.number, found.title
        label = _LABEL.match(text)
        rest = text[label.end() :] if label else text
        yield Passage(text, squeezed(label[1]) if label else "", squeezed(rest), chapter, section, title)
