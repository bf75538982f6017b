"""The labels that a pack's forms print, and how to know one that was misread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from schemas.model import Pack, RecordType
from schemas.text import fold

SIGNS = ("签字", "签名", "签章", "签署", "盖章", "签字盖章", "签名盖章")
"""Labels that stand beside a place to sign on any form, whatever the pack says of it."""


def clean_label(text: str) -> str:
    """A label reduced to its letters and figures in the normal form."""
    return "".join(c for c in fold(text) if c.isalnum())


class Vocabulary:
    """All labels that a pack's forms print; a value ends where the next label begins."""

    def __init__(self, labels: Iterable[str], signs: Iterable[str] = ()) -> None:
        self.signs = frozenset(clean for label in (*signs, *SIGNS) if (clean := clean_label(label)))
        """Labels beside which somebody signs."""
        self.names = self.signs | {clean for label in (*labels, "日期") if (clean := clean_label(label))}

    @classmethod
    def of_pack(cls, pack: Pack) -> Vocabulary:
        kinds = pack.record_types.values()
        signs = (n for kind in kinds for p in kind.signatures for n in (p.label_zh, p.label_en, *p.aliases))
        return cls((label for kind in kinds for label in labels_of(kind)), signs)

    def misread(self, text: str) -> str | None:
        """The one label of at least three characters that differs from `text` in a single character."""
        if len(text) < 3 or text in self.names:
            return None
        near = {
            name for i in range(len(text)) for name in self._masked.get((i, text[:i] + text[i + 1 :]), ())
        }
        return near.pop() if len(near) == 1 else None

    @cached_property
    def _masked(self) -> Mapping[tuple[int, str], tuple[str, ...]]:
        """Each label without one of its characters, by the place of that character."""
        found: dict[tuple[int, str], tuple[str, ...]] = {}
        for name in self.names:
            if len(name) >= 3 and not name.isascii():
                for i in range(len(name)):
                    key = (i, name[:i] + name[i + 1 :])
                    found[key] = (*found.get(key, ()), name)
        return found

    @cached_property
    def lengths(self) -> Mapping[str, tuple[int, ...]]:
        """First two characters → lengths of the labels that begin so, the longest first."""
        found: dict[str, set[int]] = {}
        for name in self.names:
            found.setdefault(name[:2], set()).add(len(name))
        return {begin: tuple(sorted(all_, reverse=True)) for begin, all_ in found.items() if len(begin) == 2}


def labels_of(kind: RecordType) -> list[str]:
    """Every label of a type's fields and of its places for signatures and seals."""
    fields = [name for spec in kind.fields for name in (spec.label_zh, spec.label_en, *spec.aliases)]
    places = [name for p in (*kind.signatures, *kind.seals) for name in (p.label_zh, p.label_en, *p.aliases)]
    return [name for name in (*fields, *places) if name]
