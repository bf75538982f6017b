"""Kinds of dossiers 案卷.

What they are called, their category in an archival code, what they should contain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.model import DOSSIER_KINDS
from schemas.reading import Entry

WHEN = ("always", "renovation", "event")
"""When a line of the contents is expected: always, once a renovation has begun, or only where it happened."""


@dataclass(frozen=True, slots=True)
class ContentsLine:
    """One line of a dossier's contents, fulfilled by a record of any of `types` (codes)."""

    title_zh: str
    title_en: str
    types: tuple[str, ...]
    when: str = "always"


@dataclass(frozen=True, slots=True)
class DossierKind:
    """A kind of dossier.

    `category` is its part of the archival code, `contents` its lines in the manual's order.
    """

    code: str
    title_zh: str
    title_en: str
    category: str
    contents: tuple[ContentsLine, ...] = ()
    clause: str = ""

    def expected(self, present: Iterable[str]) -> tuple[ContentsLine, ...]:
        """The lines that a dossier with records of the types `present` should have, missing ones included.

        A renovation has begun when a record of any line that it brings is there.
        """
        here = set(present)
        renovated = any(line.when == "renovation" and here & set(line.types) for line in self.contents)
        return tuple(
            line
            for line in self.contents
            if line.when == "always" or (line.when == "renovation" and renovated) or here & set(line.types)
        )

    def missing(self, present: Iterable[str]) -> tuple[ContentsLine, ...]:
        """The expected lines of which no record is there."""
        here = set(present)
        return tuple(line for line in self.expected(here) if not here & set(line.types))


def parse_dossier(entry: Entry, record_types: tuple[str, ...]) -> DossierKind:
    """A kind of dossier; its lines must name record types of the pack, each once."""
    lines, seen = [], set[str]()
    for item in entry.entries("contents"):
        line = ContentsLine(
            title_zh=item.text("zh"),
            title_en=item.text("en"),
            types=item.texts("types"),
            when=item.choice("when", WHEN, "always"),
        )
        if not line.types:
            item.place.fail("types is missing", "name the record types that fulfil this line")
        for position, code in enumerate(line.types):
            item.check("types", code, record_types, position)
            if code in seen:
                item.at("types", position).fail(f"{code} stands in two lines", "name it in one of them")
            seen.add(code)
        item.finish()
        lines.append(line)
    value = DossierKind(
        code=entry.choice("code", DOSSIER_KINDS),
        title_zh=entry.text("zh"),
        title_en=entry.text("en"),
        category=entry.text("category"),
        contents=tuple(lines),
        clause=entry.text("clause", ""),
    )
    entry.finish()
    return value
