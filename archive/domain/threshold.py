"""What a filing threshold costs: how many forms wait for a person, and how many wrong ones are expected unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LOWEST, HIGHEST = 800, 999
"""Thresholds that a house may set, per mille. Below the lowest no type is named at all."""


@dataclass(frozen=True, slots=True)
class Expected:
    """At threshold `at` (per mille): of 1,000 filed without a person `wrong` are expected wrong in type, `waiting`
    (0…1) of all forms wait for a person; both None while nothing was read yet. `read` forms are behind it."""

    at: int
    wrong: float | None
    waiting: float | None
    read: int


def expected(at: int, counts: Mapping[int, int]) -> Expected:
    """`counts` are forms by certainty (archive.domain.records.Record.certainty), as the archive has read them.

    A form of certainty c is wrong with the chance (1000 - c) / 1000, since confidences are calibrated shares.
    """
    read = sum(counts.values())
    alone = {c: n for c, n in counts.items() if c >= at}
    filed = sum(alone.values())
    wrong = sum((1000 - c) * n for c, n in alone.items()) / filed if filed else None
    return Expected(at, wrong, (read - filed) / read if read else None, read)
