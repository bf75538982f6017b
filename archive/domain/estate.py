"""Estates, houses and tenures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class House:
    """A unit of an estate. `id` is "estate/key"; `key` is the canonical key of schemas.houses within its estate;
    `written` is how the house register spells it."""

    id: str
    estate: str
    key: str
    written: str


@dataclass(frozen=True, slots=True)
class Tenure:
    """One owner's time with one house 产权期. `ended` is None while it lasts (then: the day it ended)."""

    id: str
    house: str
    owner: str
    phone: str
    started: date | None
    ended: date | None

    def covers(self, day: date) -> bool:
        return (self.started is None or self.started <= day) and (self.ended is None or day <= self.ended)
