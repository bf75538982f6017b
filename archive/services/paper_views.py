"""What pages and commands are told of places and loans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from archive.domain.paper import Loan, Paper, Place
from archive.domain.people import Person
from archive.domain.records import Dossier, Record


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place with how many places and how many papers stand directly in it."""

    place: Place
    places: int
    papers: int


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place (None: the whole house), its way from the room down to itself, and what stands in it.

    `titles` names the papers by their ids; one that the asker may not know of has none and is not in `papers`.
    """

    place: Place | None
    path: tuple[Place, ...]
    inside: tuple[PlaceLine, ...]
    papers: tuple[Paper, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    more: bool = False


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the paper original of a record or dossier is. `path` is empty where nobody has put it anywhere.

    `of_dossier` says that it stands where its dossier does. `loan` has it out now, `borrower` is that person's name.
    """

    path: tuple[Place, ...] = ()
    note: str = ""
    of_dossier: bool = False
    lost_at: datetime | None = None
    loan: Loan | None = None
    borrower: str = ""
    asked: Loan | None = None
    """The asker's own loan of it that is not settled."""
    may_ask: bool = False


@dataclass(frozen=True, slots=True)
class LoanView:
    """A loan with its people and its paper, and what the asker may do about it now."""

    loan: Loan
    borrower: Person
    decided_by: Person | None
    record: Record | None
    dossier: Dossier | None
    where: tuple[Place, ...]
    days_late: int
    may_decide: bool


@dataclass(frozen=True, slots=True)
class LoanDesk:
    """Loans on the first screen: what waits for the person, and what is theirs."""

    to_decide: tuple[LoanView, ...] = ()
    to_hand_out: tuple[LoanView, ...] = ()
    late: tuple[LoanView, ...] = ()
    mine: tuple[LoanView, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.to_decide or self.to_hand_out or self.late or self.mine)


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A line of the 查阅登记表: one person's reading of one record on one day, or one loan of paper.

    `on` is the day of reading or handing out, `until` the day the grant ends or the paper is due, `back` when it came
    back, `pages` the pages that were opened. `kind` is "screen" or "paper".
    """

    on: date
    kind: str
    reader: str
    purpose: str
    what: str
    record_type: str | None = None
    pages: tuple[int, ...] = ()
    approved_by: str = ""
    until: date | None = None
    back: date | None = None
    state: str = ""
    handled_by: str = ""


@dataclass(frozen=True, slots=True)
class ReadingRegister:
    """The register of a house, dossier or record, oldest line first. `cut` says that older lines were left out."""

    kind: str
    target: str
    title: str
    code: str
    rows: tuple[RegisterRow, ...]
    cut: bool
    printed_on: date
