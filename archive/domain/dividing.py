"""Where the records of one received file begin: the plan that a person makes over its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """One page of the file, from 1. `begins` starts a record; `out` is a blank or separator sheet of no record;
    `turned` by how many degrees clockwise it lies turned. `locked` pages belong to a record that is filed already."""

    number: int
    begins: bool
    out: bool = False
    turned: int = 0
    locked: bool = False
    record: str = ""


@dataclass(frozen=True, slots=True)
class Division:
    """A file divided anew. `state`: waiting, written (old parts still to be removed), done, failed.

    `plan` and `before` are lists of {number, begins, out, turned}; `withdrawn` are the records that ended by it,
    `made` those that came of it.
    """

    id: str
    intake: str
    person: str
    at: datetime
    state: str
    plan: tuple[Mapping[str, Any], ...]
    before: tuple[Mapping[str, Any], ...]
    withdrawn: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    error: str = ""


def groups(plan: Sequence[PlannedPage]) -> tuple[tuple[int, ...], ...]:
    """The pages of each record in order; what is left out or locked belongs to none of them.

    A page behind a sheet that is left out, or behind a locked one, begins a record even where nobody said so.
    """
    found: list[list[int]] = []
    apart = True
    for page in plan:
        if page.out or page.locked:
            apart = True
            continue
        if page.begins or apart:
            found.append([])
        found[-1].append(page.number)
        apart = False
    return tuple(tuple(g) for g in found)


def plain_plan(plan: Sequence[PlannedPage]) -> tuple[dict[str, Any], ...]:
    """What is kept of a plan."""
    return tuple({"number": p.number, "begins": p.begins, "out": p.out, "turned": p.turned} for p in plan)
