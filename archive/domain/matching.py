"""Who a form belongs to: what was read on it, held against the estate's houses and tenures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from archive.domain.estate import House, Tenure
from schemas.text import fold

SAME_NAME = 1.0
NEAR_NAME = 0.5
"""Two of three characters alike: enough to believe a name beside a matching house, never enough alone."""


_BETWEEN = re.compile(r"[、,;/&]+|(?<=[\u3400-\u9fff]{2}) +(?=[\u3400-\u9fff]{2})")


@dataclass(frozen=True, slots=True)
class Belonging:
    """The house and tenure a form belongs to.

    `sure` says that house and owner confirm each other or nothing contradicts a written house that exists;
    `doubt` is a problem code otherwise: house_missing, house_unknown, house_ambiguous, owner_differs, no_tenure.
    """

    house: House | None
    tenure: Tenure | None
    owner: str | None
    sure: bool
    doubt: str = ""


def alike(a: str, b: str) -> float:
    """Likeness of two names from 0 to 1, in either script; of joint owners the likest pair counts, for a form often
    names only one of them."""
    return max((_alike(x, y) for x in people(a) for y in people(b)), default=0.0)


def people(owner: str) -> list[str]:
    """The names of joint owners 共有人, each in the normal form: 王伟、李娜 are two."""
    parts = _BETWEEN.split(fold(owner))
    return [name for part in parts if (name := part.replace(" ", ""))]


def _alike(x: str, y: str) -> float:
    if x == y:
        return 1.0
    if len(x) == len(y) and sum(p != q for p, q in zip(x, y, strict=True)) == 1:
        return max(NEAR_NAME, 0.99 * (len(x) - 1) / len(x))
    return SequenceMatcher(None, x, y, autojunk=False).ratio() * 0.99


def tenure_on(tenures: Sequence[Tenure], day: date | None) -> Tenure | None:
    """The tenure that covers the day; without a day the one that lasts; with one tenure that."""
    if not tenures:
        return None
    if day is not None:
        covering = [t for t in tenures if t.covers(day)]
        if covering:
            return max(covering, key=lambda t: t.started or date.min)
    lasting = [t for t in tenures if t.ended is None]
    return lasting[-1] if lasting else tenures[-1] if len(tenures) == 1 else None


def belong(
    house_key: str | None,
    owner: str | None,
    day: date | None,
    houses: Sequence[House],
    tenures: Mapping[str, Sequence[Tenure]],
    by_owner: Sequence[tuple[House, Tenure]] = (),
) -> Belonging:
    """Find house and tenure.

    `houses` are those of any estate with the canonical key read; `tenures` theirs by House.id; `by_owner` are
    tenures whose owner has the name read. A house that two estates have is settled by the owner, or not at all.
    """
    if house_key is None:
        return _by_owner_alone(owner, by_owner)
    if not houses:
        return Belonging(None, None, owner, False, "house_unknown")
    scored = [(_likeness(owner, tenures.get(h.id, ()), day), h) for h in houses]
    scored.sort(key=lambda s: -s[0][0])
    (score, tenure), house = scored[0]
    if len(scored) > 1 and scored[1][0][0] >= score:
        return Belonging(None, None, owner, False, "house_ambiguous")
    if tenure is None:
        return Belonging(house, None, owner, False, "no_tenure")
    if owner is None:
        return Belonging(house, tenure, tenure.owner, False, "owner_missing")
    if score >= SAME_NAME:
        return Belonging(house, tenure, tenure.owner, True)
    if score >= NEAR_NAME:
        return Belonging(house, tenure, tenure.owner, False, "owner_near")
    return Belonging(house, tenure_on(tenures.get(house.id, ()), day), owner, False, "owner_differs")


def _by_owner_alone(owner: str | None, by_owner: Sequence[tuple[House, Tenure]]) -> Belonging:
    """A name alone suggests a house when only one household bears it; a person still confirms."""
    if owner and len({h.id for h, _ in by_owner}) == 1:
        house, tenure = by_owner[-1]
        return Belonging(house, tenure, tenure.owner, False, "house_by_owner")
    return Belonging(None, None, owner, False, "house_missing")


def _likeness(owner: str | None, tenures: Sequence[Tenure], day: date | None) -> tuple[float, Tenure | None]:
    if owner is None:
        return 0.0, tenure_on(tenures, day)
    best: tuple[float, Tenure | None] = (0.0, tenure_on(tenures, day))
    for tenure in tenures:
        score = alike(owner, tenure.owner)
        covering = day is None or tenure.covers(day)
        if (score, covering) > (best[0], best[1] is not None and (day is None or best[1].covers(day))):
            best = (score, tenure)
    return best
