"""Forms that come back: their code is held against the archive's own list before anything it says is believed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archive.domain.audit_model import Event
from archive.domain.estate import House, Tenure
from archive.domain.forms.printed import (
    FormReturn,
    FormState,
    Judgement,
    PrintedForm,
    judge,
    merged,
    return_id,
)
from archive.domain.matching import Belonging
from archive.domain.people import SYSTEM
from archive.domain.records import Intake, Record
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.forms import seal_key
from ingest.facts import Problem, RecordFacts
from ingest.slips import Slip


@dataclass(frozen=True, slots=True)
class CameBack:
    """A part of a file as its code explains it. `claim` is the FormReturn that stands for it, "" when the code
    proves nothing; then `part` is rid of what only the code said. `belonging` is None where the form names no
    house. `doubts` keep it at the desk."""

    part: RecordFacts
    claim: str = ""
    belonging: Belonging | None = None
    doubts: tuple[Problem, ...] = ()


def came_back(archive: Archive, item: Intake, part: RecordFacts, slip: Slip) -> CameBack:
    """Hold a code against the forms that were printed.

    Who comes first is settled here, by an entry of its own that a second reading of the same file finds again.
    """
    key = seal_key(archive)
    with archive.uow(write=True) as uow:
        form = uow.get(PrintedForm, slip.serial) if slip.serial else None
        house = uow.get(House, form.house) if form and form.house else None
        tenure = uow.get(Tenure, form.tenure) if form and form.tenure else None
        house_key = house.key if house else ""
        before = uow.list(FormReturn, form=slip.serial, order=("at",)) if form else []
        mine = return_id(slip, item.id, part.pages[0])
        place = next((i for i, back in enumerate(before) if back.id == mine), len(before))
        found = judge(slip, form, key, house_key=house_key, tenure=tenure, earlier=before[:place])
        if found.form is not None and place == len(before):
            uow.add(FormReturn(mine, found.form.id, slip.copy, item.id, part.pages[0], archive.clock.now()))
            uow.commit()
    if found.form is None:
        return CameBack(_without_code(part) if slip.serial else part, doubts=found.doubts)
    return _explained(archive, part, found, house, tenure, mine)


def _without_code(part: RecordFacts) -> RecordFacts:
    """Who pastes a code on a paper must not choose its class and place: the type is left to a person."""
    slip = part.slip
    only_code = slip is not None and part.house == slip.house and not part.house_written
    return replace(
        part,
        type=None,
        type_confidence=0.0,
        house=None if only_code else part.house,
        fields=tuple(v for v in part.fields if v.origin != "qr"),
    )


def _explained(
    archive: Archive,
    part: RecordFacts,
    found: Judgement,
    house: House | None,
    tenure: Tenure | None,
    claim: str,
) -> CameBack:
    form = found.form
    kind = archive.pack.record_types.get(form.type) if form else None
    if form is None or kind is None:
        return CameBack(part, claim, doubts=found.doubts)
    part = replace(part, type_confidence=1.0) if part.type == form.type else part
    both = merged(part, form, kind, house.key if house else "")
    belonging = Belonging(house, tenure, tenure.owner if tenure else part.owner, True) if house else None
    return CameBack(both.part, claim, belonging, (*found.doubts, *both.differs))


def note_return(archive: Archive, uow: UnitOfWork, claim: str, record: Record) -> None:
    """Inside the transaction that writes the record: this is what became of the form."""
    back = uow.get(FormReturn, claim)
    form = uow.get(PrintedForm, back.form) if back else None
    if back is None or form is None:
        return
    uow.put(replace(back, record=record.id))
    if form.state is FormState.PRINTED:
        uow.put(replace(form, state=FormState.RETURNED, returned_at=record.filed_at))
    uow.audit(
        Event.FORM_RETURNED,
        actor=SYSTEM.id,
        subject=form.id,
        at=record.filed_at,
        record=record.id,
        copy=back.copy,
        page=back.page,
    )
