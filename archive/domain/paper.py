"""Paper originals: the places where they stand, and who has one out on loan 借阅 (004 业主档案 4.3).

The steps of a loan are data (schemas/workflows/loan.yaml); these rules know neither database nor clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from schemas.model import Pack, Transition

WORKFLOW = "loan"
REMIND_DAYS = 2
"""How many days before a loan is due its borrower is reminded."""
LABEL = "DANGAN-PLACE:"
"""What the code on a place's label begins with; its own code follows."""


class PlaceKind(StrEnum):
    """Kinds of places, from the outermost to the innermost."""

    ROOM = "room"
    CABINET = "cabinet"
    SHELF = "shelf"
    BOX = "box"


_ORDER = tuple(PlaceKind)
_LETTERS = {PlaceKind.ROOM: "R", PlaceKind.CABINET: "C", PlaceKind.SHELF: "S", PlaceKind.BOX: "B"}


class LoanState(StrEnum):
    """The states of schemas/workflows/loan.yaml."""

    OPEN = "open"
    APPROVED = "approved"
    OUT = "out"
    OVERDUE = "overdue"
    RETURNED = "returned"
    LOST = "lost"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


AWAY = (LoanState.OUT, LoanState.OVERDUE)
"""The paper is in somebody's hands."""
UNSETTLED = (LoanState.OPEN, LoanState.APPROVED, *AWAY)
"""States in which a loan still asks something of somebody."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where paper stands 存放位置. `code` is unique and stands on the label; `parent` is a Place.id (None: a room)."""

    id: str
    code: str
    kind: PlaceKind
    name: str
    made_at: datetime
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """The paper original of a record or dossier. `id` is the record's or dossier's own.

    `place` is a Place.id (None: never put anywhere), `note` says where in it (such as 第3本). `lost_at` is when it was
    reported lost; putting it somewhere again says that it was found.
    """

    id: str
    target_kind: str
    """"record" or "dossier"."""
    place: str | None
    put_at: datetime
    put_by: str
    note: str = ""
    lost_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Loan:
    """A paper original asked for, taken out and due back.

    `dossier` is the dossier that is lent or in which the record lies. `access_class` is the target's when it was asked
    for; it says who may decide. `handed_to` is the name of who took it; `due_on` the last day of the loan (a day of
    the house). `ended_by` took it back or reported it lost; `outcome` says where it was put or why it is lost.
    """

    id: str
    requester: str
    target_kind: str
    target: str
    purpose: str
    days: int
    state: LoanState
    created_at: datetime
    access_class: str
    dossier: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str = ""
    handed_by: str | None = None
    handed_to: str = ""
    out_at: datetime | None = None
    due_on: date | None = None
    reminded_at: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    outcome: str = ""

    def days_late(self, today: date) -> int:
        """By how many days it is late on `today`; 0 when it is not out, or not late."""
        if self.state not in AWAY or self.due_on is None:
            return 0
        return max(0, (today - self.due_on).days)


def may_hold(outer: PlaceKind | None, inner: PlaceKind) -> bool:
    """Whether a place of kind `inner` may stand in one of kind `outer` (None: in none).

    Only rooms stand in nothing, and everything stands in something larger; so a place never holds itself.
    """
    if outer is None:
        return inner is PlaceKind.ROOM
    return _ORDER.index(outer) < _ORDER.index(inner)


def place_code(kind: PlaceKind, number: int) -> str:
    """The code of the `number`-th place of its kind, as on its label: B0012."""
    return f"{_LETTERS[kind]}{number:04d}"


def code_in(scanned: str) -> str:
    """The place code in what a person typed or a hand scanner read off a label."""
    text = scanned.strip().upper()
    return text.removeprefix(LABEL)


def step(pack: Pack, state: LoanState, action: str) -> Transition | None:
    """The step that `action` takes from `state`, None where the workflow knows none."""
    return pack.workflows[WORKFLOW].step(state.value, action)


def earlier(loan: Loan) -> dict[str, frozenset[str]]:
    """Who did what before, by the names that steps use in `not_same_as`."""
    return {"requester": frozenset({loan.requester})}


def overlaps(loan: Loan, target_kind: str, target: str) -> bool:
    """Whether `loan` has out what is asked for; for loans of the same dossier or target.

    A dossier that is out takes its records along, and is not whole while one of them is out.
    """
    return loan.target == target or "dossier" in (loan.target_kind, target_kind)
