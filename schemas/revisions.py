"""Revisions 版次 / 修改状态 of controlled documents: A/0, A/1, B/0, in order."""

from __future__ import annotations

import re
from dataclasses import dataclass

from schemas.text import fold


@dataclass(frozen=True, slots=True, order=True)
class Revision:
    """One revision.

    The edition (0 for A, 25 for Z, 26 for AA) and the number of changes within it, from 0.
    """

    edition: int
    change: int

    @property
    def text(self) -> str:
        """As it is printed: "A/0"."""
        return f"{self.letter}/{self.change}"

    @property
    def letter(self) -> str:
        """The edition's letter: A, B, … Z, AA."""
        letters, number = "", self.edition + 1
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord("A") + rest) + letters
        return letters

    def next_minor(self) -> Revision:
        """The next change within the edition: A/0 → A/1."""
        return Revision(self.edition, self.change + 1)

    def next_major(self) -> Revision:
        """The first revision of the next edition: A/3 → B/0."""
        return Revision(self.edition + 1, 0)

    def __str__(self) -> str:
        return self.text


_SPELLINGS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:版本号?|版次|修改状态|修订状态|rev(?:ision)?\.?)?:?"
        r"第?(?P<e>[a-z]{1,2})(?:版[本次]?)?[/\-.·|,]?(?P<c>\d{1,3}|o)[版次]?",
        r"(?:版本号?|版次)?:?第?(?P<e>[a-z]{1,2})版?[,/]?"
        r"(?:第|修改(?:状态|次数)?:?第?|修订(?:状态)?:?第?)(?P<c>\d{1,3}|o)次?(?:修改|修订)?",
        r"(?:版本号?|版次|rev(?:ision)?\.?)?:?第?(?P<e>[a-z])(?:版[本次]?)?",
    )
)


def parse_revision(text: str) -> Revision:
    """The revision that `text` writes: A/0, A0, A版, A版第0次, 版本A 修改状态0; ValueError if it is none.

    A letter alone is the edition before any change (A → A/0). The letter O read for the figure 0 is taken as
    0.
    """
    folded = re.sub(r"\s+", "", fold(text)).strip("。.")
    for pattern in _SPELLINGS:
        if match := pattern.fullmatch(folded):
            edition = 0
            for letter in match["e"]:
                edition = edition * 26 + ord(letter) - ord("a") + 1
            change = (match.groupdict().get("c") or "0").replace("o", "0")
            return Revision(edition - 1, int(change))
    raise ValueError(f"{text!r} is no revision such as A/0")
