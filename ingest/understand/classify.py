"""Which record type a page or a group of pages is, with the share of such calls expected right.

The printed title decides where there is one; labels and body marks confirm it, or stand in for a title
that is missing or unreadable. What stays unsure has no type: a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ingest.understand.labels import LabelledSheet
from ingest.understand.layout import compact
from ingest.understand.titles import Titled, free_title, headline, titled
from ingest.understand.vocabulary import clean_label, labels_of
from schemas.model import Pack, RecordType
from schemas.titles import Titles

SURE = 0.8
"""A type is named only at this confidence or above."""


@dataclass(frozen=True, slots=True)
class Call:
    """A type (None when unsure), its confidence, and the title line it was read from, if any."""

    kind: RecordType | None
    confidence: float
    title: Titled | None = None


class Classifier:
    """Calls types for one pack."""

    def __init__(self, pack: Pack) -> None:
        self._kinds = pack.offered
        self._titles = Titles(pack)

    @cached_property
    def _labels(self) -> Mapping[str, frozenset[str]]:
        return {k.code: frozenset(map(clean_label, labels_of(k))) - {""} for k in self._kinds}

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        """What finding a label tells: much when few types print it."""
        counts: dict[str, int] = {}
        for labels in self._labels.values():
            for label in labels:
                counts[label] = counts.get(label, 0) + 1
        return {label: 1 / count for label, count in counts.items()}

    def call(self, sheets: Sequence[LabelledSheet]) -> Call:
        """The type of pages that belong together; the first page carries the title."""
        if not sheets:
            return Call(None, 0.0)
        names = titled(sheets[0].sheet, self._titles)
        if names:
            call = self._by_title(names, sheets)
            if call.kind is not None:
                return call
        by_body = self._by_body(sheets)
        return (
            by_body
            if by_body.kind is not None
            else Call(None, by_body.confidence, names[0] if names else None)
        )

    def _by_title(self, names: Sequence[Titled], sheets: Sequence[LabelledSheet]) -> Call:
        first = names[0]
        second = names[1].score if len(names) > 1 else 0.0
        support = self.support(first.kind, sheets)
        confidence = _title_confidence(first, support)
        if second and first.score - second < 0.04 and first.likeness < 1.0:
            rival = self.support(names[1].kind, sheets)
            if rival > support:
                first, confidence = names[1], _title_confidence(names[1], rival)
            confidence = min(confidence, 0.75 + 0.2 * abs(support - rival))
        return Call(first.kind if confidence >= SURE else None, confidence, first)

    def _by_body(self, sheets: Sequence[LabelledSheet]) -> Call:
        text, present = _text(sheets), _present(sheets)
        ranked = sorted(
            ((self._body(k, text, present), k) for k in self._kinds), key=lambda p: (-p[0], p[1].code)
        )
        if not ranked:
            return Call(None, 0.0)
        best, kind = ranked[0]
        margin = best - ranked[1][0] if len(ranked) > 1 else best
        confidence = min(0.95, best) if margin >= 0.15 else min(0.7, best)
        line = headline(sheets[0].sheet)
        if line is not None and not (kind.kind == "correspondence" and free_title(line.text)):
            confidence = min(confidence, 0.6)  # it has a title, and that is another one
        return Call(kind if confidence >= SURE else None, confidence)

    def support(self, kind: RecordType, sheets: Sequence[LabelledSheet]) -> float:
        """How much of what such a form prints besides its title is there, 0…1."""
        labels = self._labels[kind.code]
        share = len(labels & _present(sheets)) / min(6, len(labels)) if labels else 0.0
        return min(1.0, max(share, _marks(kind, _text(sheets))))

    def body(self, kind: RecordType, sheets: Sequence[LabelledSheet]) -> float:
        """How surely the pages are of this type without any title: marks, and labels that few types share."""
        return self._body(kind, _text(sheets), _present(sheets))

    def _body(self, kind: RecordType, text: str, present: frozenset[str]) -> float:
        marks = _marks(kind, text)
        telling = sum(self._weights[label] for label in self._labels[kind.code] & present)
        labels = min(1.0, telling / 3)
        return 1 - (1 - 0.9 * marks) * (1 - 0.85 * labels)


def _text(sheets: Sequence[LabelledSheet]) -> str:
    return "".join(compact(sheet.sheet.text)[0] for sheet in sheets)


def _present(sheets: Sequence[LabelledSheet]) -> frozenset[str]:
    return frozenset(name for sheet in sheets for name in sheet.by_name)


def _marks(kind: RecordType, text: str) -> float:
    if not kind.marks:
        return 0.0
    found = sum(1 for mark in kind.marks if compact(mark)[0] in text)
    return min(1.0, found / min(2, len(kind.marks)))


def _title_confidence(found: Titled, support: float) -> float:
    if found.likeness >= 0.97:
        sure = 0.97 if found.prominence >= 0.5 else 0.6 + 0.5 * found.prominence
    else:
        sure = found.likeness * (0.8 + 0.2 * found.prominence)
    return min(0.995, sure + (1 - sure) * 0.8 * support)
