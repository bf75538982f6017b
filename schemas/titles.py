"""Titles of forms: how a printed or typed title leads to its record type."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from schemas.model import Pack, RecordType
from schemas.text import fold


def clean_title(text: str) -> str:
    """A title reduced to its letters and figures in the normal form.

    《業主驗房表》 and 业主 验房表 are equal.
    """
    return "".join(c for c in fold(text) if c.isalnum())


_BRACKETED_END = re.compile(r"[（(\[【][^（(\[【）)\]】]*[）)\]】]$")


class Titles:
    """All titles and aliases of a pack's record types, cleaned, with the type each leads to. Retired types are not
    among them."""

    def __init__(self, pack: Pack) -> None:
        self._types = pack.offered

    @cached_property
    def names(self) -> Mapping[str, RecordType]:
        """Cleaned title, English title or alias → record type; the longest first."""
        names: dict[str, RecordType] = {}
        for record_type in self._types:
            for name in (record_type.title_zh, record_type.title_en, *record_type.aliases):
                names.setdefault(clean_title(name), record_type)
        return dict(sorted(names.items(), key=lambda item: (-len(item[0]), item[0])))

    @cached_property
    def _by_length(self) -> Mapping[int, Sequence[tuple[str, RecordType]]]:
        """The names of each length.

        A name that differs in length by more than the edits allowed is never near.
        """
        found: dict[int, list[tuple[str, RecordType]]] = {}
        for name, record_type in self.names.items():
            found.setdefault(len(name), []).append((name, record_type))
        return found

    def exact(self, text: str) -> RecordType | None:
        """The type whose title, alias or code `text` is, whatever its brackets, spaces and script.

        A note in brackets at its end, such as （样本） or (第二联), may be left out.
        """
        bare = _BRACKETED_END.sub("", text.strip())
        found = self.names.get(clean_title(text)) or self.names.get(clean_title(bare))
        return found or next((t for t in self._types if t.code == text.strip()), None)

    def inside(self, text: str) -> list[tuple[RecordType, str]]:
        """The types named inside `text` with the name found; a name within a longer one does not count."""
        rest, found = clean_title(text), []
        for name, record_type in self.names.items():
            if len(name) >= 3 and name in rest:
                found.append((record_type, name))
                rest = rest.replace(name, "\0")
        return found

    def near(self, text: str, wrong: int = 1) -> list[tuple[RecordType, int]]:
        """Types with a name at most `wrong` edits (characters) away, nearest first.

        Names under 5 characters only match exactly, because one misread character makes another title of
        them.
        """
        title = clean_title(text)
        best: dict[str, tuple[RecordType, int]] = {}
        lengths = range(max(0, len(title) - wrong), len(title) + wrong + 1)
        for name, record_type in (pair for length in lengths for pair in self._by_length.get(length, ())):
            allowed = wrong if min(len(name), len(title)) >= 5 else 0
            distance = _distance(title, name, allowed)
            if distance is not None and distance < best.get(record_type.code, (record_type, wrong + 1))[1]:
                best[record_type.code] = (record_type, distance)
        return sorted(best.values(), key=lambda item: (item[1], item[0].code))


def _distance(left: str, right: str, limit: int) -> int | None:
    """The edit distance in characters, or None when it is over `limit`."""
    if abs(len(left) - len(right)) > limit or len(set(left) - set(right)) > limit:
        return None  # each character that the other lacks costs at least one edit
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
        if min(row) > limit:
            return None
    return row[-1] if row[-1] <= limit else None
