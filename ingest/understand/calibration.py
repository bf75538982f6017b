"""What a confidence is worth: the share of calls like it that were right when it was measured.

The rules give raw confidences, which only order calls. `calibration.json` holds, for each thing read, how many calls
of each raw confidence were right on invented papers, and where these figures come from (`bench.calibrate`).
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import sqrt
from typing import Any

KINDS = ("type", "house", "owner", "date")
"""What is calibrated: a record's type, and the values of fields with these roles."""

_Z = 1.96
"""Standard deviations on either side that hold 95 of 100 cases."""


@dataclass(frozen=True, slots=True)
class Step:
    """Calls from this raw confidence up to the next step: how many were right of how many."""

    raw: float
    right: int
    count: int

    @property
    def share(self) -> float:
        """The share right; half a right and half a wrong call are added, so that it is never quite 0 or 1."""
        return (self.right + 0.5) / (self.count + 1)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What to expect when calls of a calibrated confidence of `at` or more are taken without a person.

    `wrong` is the expected share of wrong ones among them (0…1), at most `wrong_most` in 95 of 100 cases; `left` is
    the share of all calls that is left to a person; `measured` is how many calls are behind it.
    """

    at: float
    wrong: float
    wrong_most: float
    left: float
    measured: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """The measured steps of each kind, by rising raw confidence, and where they come from."""

    steps: Mapping[str, tuple[Step, ...]]
    origin: str = ""

    def share(self, what: str, raw: float) -> float:
        """The expected share right of calls with this raw confidence; between the middles of two steps it rises
        evenly. A kind that was not measured keeps its raw confidence. `what` is one of KINDS."""
        steps = self.steps.get(what, ())
        if not steps:
            return raw
        edges = [*(s.raw for s in steps), 1.0]
        middles = [(a + b) / 2 for a, b in pairwise(edges)]
        at = bisect_right(middles, raw)
        if at in (0, len(steps)):
            return steps[min(at, len(steps) - 1)].share
        low, high = steps[at - 1], steps[at]
        part = (raw - middles[at - 1]) / (middles[at] - middles[at - 1])
        return low.share + part * (high.share - low.share)

    def expectation(self, what: str, at: float) -> Expectation:
        """The cost of a threshold `at` (0…1) on calibrated confidences, by the papers measured."""
        steps = self.steps.get(what, ())
        taken = [s for s in steps if s.share >= at]
        every, count = sum(s.count for s in steps), sum(s.count for s in taken)
        wrong = count - sum(s.right for s in taken)
        left = 1 - count / every if every else 1.0
        return Expectation(at, (wrong + 0.5) / (count + 1), _upper(wrong, count), left, every)


def _upper(wrong: int, count: int) -> float:
    """The upper end of Wilson's interval for a share."""
    if not count:
        return 1.0
    share, spread = wrong / count, _Z**2 / count
    root = _Z * sqrt(share * (1 - share) / count + spread / (4 * count))
    return min(1.0, (share + spread / 2 + root) / (1 + spread))


def fitted(calls: Sequence[tuple[float, bool]], least: int = 12) -> tuple[Step, ...]:
    """Steps of rising shares through (raw confidence, right) pairs: neighbours are joined until each has `least`
    calls and no step is better than the next (pool adjacent violators)."""
    steps: list[Step] = []
    for raw, right in sorted(calls):
        if steps and (steps[-1].count < least or raw == steps[-1].raw):
            last = steps.pop()
            steps.append(Step(last.raw, last.right + right, last.count + 1))
        else:
            steps.append(Step(raw, int(right), 1))
        while len(steps) > 1 and steps[-1].count >= least and steps[-2].share >= steps[-1].share:
            high, low = steps.pop(), steps.pop()
            steps.append(Step(low.raw, low.right + high.right, low.count + high.count))
    if len(steps) > 1 and (steps[-1].count < least or steps[-2].share >= steps[-1].share):
        high, low = steps.pop(), steps.pop()
        steps.append(Step(low.raw, low.right + high.right, low.count + high.count))
    return tuple(steps)


def plain(calibration: Calibration) -> dict[str, Any]:
    """As it is kept in the file."""
    steps = {what: [[s.raw, s.right, s.count] for s in found] for what, found in calibration.steps.items()}
    return {"origin": calibration.origin, "steps": steps}


def from_plain(data: Mapping[str, Any]) -> Calibration:
    """From what the file holds. KeyError, TypeError: it holds something else."""
    steps = {what: tuple(Step(*row) for row in rows) for what, rows in data["steps"].items()}
    return Calibration(steps, str(data["origin"]))


@cache
def measured() -> Calibration:
    """The calibration that is delivered with the program."""
    text = (files("ingest.understand") / "calibration.json").read_text(encoding="utf-8")
    return from_plain(json.loads(text))
