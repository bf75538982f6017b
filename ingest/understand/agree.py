"""Records of one file help each other: papers of one house that were scanned together name one owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingest.facts import RecordFacts


def agreed(records: Sequence[RecordFacts]) -> tuple[RecordFacts, ...]:
    """The records with owners put right: a name that differs in one character from the one which more
    papers of the same house carry is a misreading, and a paper of that house without a name belongs to the
    same owner."""
    names: dict[str, Counter[str]] = {}
    for record in records:
        if record.house and record.owner:
            names.setdefault(record.house, Counter())[record.owner] += 1
    return tuple(_with_owner(record, names.get(record.house or "", Counter())) for record in records)


def _with_owner(record: RecordFacts, names: Counter[str]) -> RecordFacts:
    if not names:
        return record
    (best, count), *others = names.most_common()
    if record.owner is None:
        return replace(record, owner=best) if count > sum(n for _, n in others) else record
    mine = names[record.owner]
    alike = (
        len(best) == len(record.owner) and sum(a != b for a, b in zip(best, record.owner, strict=True)) == 1
    )
    return replace(record, owner=best) if alike and count > mine else record
