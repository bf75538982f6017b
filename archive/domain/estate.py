"""Estates, houses, tenures and tenancies, and what a person changed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from schemas.houses import HouseKey


@dataclass(frozen=True, slots=True)
class House:
    """A unit of an estate. `id` is "estate/key"; `key` is the canonical key of schemas.houses within its estate;
    `written` is how the house register spells it.

    `building` (with its phase or area), `unit` and `room` are the parts of the key, `place` the same so that houses
    sort as they stand (2栋 before 10栋). `use` 用途 and `area` (m²) are as the register writes them. Make one by
    `house_of`.
    """

    id: str
    estate: str
    key: str
    written: str
    building: str = ""
    unit: str = ""
    room: str = ""
    place: str = ""
    use: str = ""
    area: str = ""


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


@dataclass(frozen=True, slots=True)
class Tenancy:
    """One tenant's time in one house 租期. `ended` is None while it lasts (then: the day it ended)."""

    id: str
    house: str
    tenant: str
    phone: str
    started: date | None
    ended: date | None


@dataclass(frozen=True, slots=True)
class EstateChange:
    """What a person changed of one house by hand, so that it can be undone.

    `kind`: transfer, correct, tenant, tenant_end. `before` and `after` are the rows touched, each with its `table`
    (tenure or tenancy) and its fields as JSON values; a row that was made is in `after` alone.
    """

    id: str
    house: str
    kind: str
    at: datetime
    by: str
    before: tuple[Mapping[str, Any], ...]
    after: tuple[Mapping[str, Any], ...]
    undone_at: datetime | None = None
    undone_by: str | None = None


@dataclass(frozen=True, slots=True)
class EstateImport:
    """A house register that was uploaded: its bytes lie under `sha256` in the store's receiving area.

    `state`: waiting (for the dry run), checking, checked, confirmed, importing, done, failed, dropped. `rows` of the
    file, `done` of them worked off in the present step, `counts` by outcome of a row, `notes` about the file as a
    whole, `preview` the first rows as understood. `code` and `message` say why it failed.
    """

    id: str
    name: str
    sha256: str
    size: int
    estate: str
    state: str
    by: str
    at: datetime
    rows: int = 0
    done: int = 0
    counts: Mapping[str, int] | None = None
    notes: tuple[Mapping[str, Any], ...] = ()
    preview: tuple[Mapping[str, Any], ...] = ()
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """A problem with one row of a house register; `id` sorts by row, `refused` says that the row was left out."""

    id: str
    of: str
    sheet: str
    row: int
    house: str
    code: str
    message: str
    refused: bool


def house_of(estate: str, key: str, written: str, *, use: str = "", area: str = "") -> House:
    """The house with this canonical key. ValueError when `key` is none."""
    parts = HouseKey.of(key)
    building = parts.area + parts.building
    place = "|".join(sortable(p) for p in (parts.area, parts.building, parts.unit, parts.room))
    return House(f"{estate}/{key}", estate, key, written, building, parts.unit, parts.room, place, use, area)


def sortable(part: str) -> str:
    """A part of a key as text that sorts figures before letters, each run of figures by its number."""
    out, digits = "", ""
    for c in part + " ":
        if c.isdigit():
            digits += c
        else:
            out += digits.rjust(6, "0") if digits else ""
            out += c
            digits = ""
    return out.rstrip()


def floor_of(room: str) -> str:
    """The floor that a room's number tells: 1203 is on 12, 905 on 9; "" where it tells none."""
    digits = "".join(c for c in room if c.isdigit())
    return digits[:-2] if room[:1].isdigit() and len(digits) in (3, 4) else ""
