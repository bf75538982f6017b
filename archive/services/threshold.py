"""The house's filing threshold: from which certainty on a form may be filed without a person."""

from __future__ import annotations

from dataclasses import dataclass

from archive.domain.access import may
from archive.domain.audit_model import Event
from archive.domain.filing import SURE_TYPE
from archive.domain.jobs import Setting
from archive.domain.people import Actor
from archive.domain.records import Record
from archive.domain.threshold import HIGHEST, LOWEST, Expected, expected
from archive.ports.unit_of_work import NOT_NULL, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, keep_setting
from archive.services.errors import BadInput

SETTING = "filing-threshold"


def threshold(uow: UnitOfWork) -> float:
    """The expected share of right types from which on no person needs to look, 0…1."""
    return per_mille(uow) / 1000


def per_mille(uow: UnitOfWork) -> int:
    """The same in thousandths."""
    row = uow.get(Setting, SETTING)
    return int(row.value) if row else round(1000 * SURE_TYPE)


@dataclass(frozen=True, slots=True)
class ThresholdView:
    """The threshold as it stands, and what each possible one would cost on what this archive has read."""

    now: Expected
    others: tuple[Expected, ...]
    asked: Expected | None = None
    papers: Expected | None = None
    """The present threshold on the papers that the program was calibrated with; `most_wrong` is its 95 % bound."""
    most_wrong: float = 0.0


STEPS = (800, 850, 880, 900, 920, 940, 950, 960, 970, 980, 990, 995, 999)


def view(archive: Archive, actor: Actor, *, at: int | None = None) -> ThresholdView:
    """What the threshold costs now and what others would, for whoever sees what is received or manages settings."""
    if not may(actor, "intake.see", archive.pack):
        allow(archive, actor, "settings.manage")
    with archive.uow() as uow:
        now = per_mille(uow)
        counts = {int(c): n for c, n in uow.count_by(Record, "certainty", certainty=NOT_NULL).items()}
    steps = sorted({*STEPS, now})
    asked = expected(at, counts) if at is not None else None
    others = tuple(expected(s, counts) for s in steps)
    papers, most = _on_papers(now)
    return ThresholdView(expected(now, counts), others, asked, papers, most)


def _on_papers(at: int) -> tuple[Expected, float]:
    """The same on the papers that the program was calibrated with, and the upper end of 95 of 100 cases."""
    from ingest.understand.calibration import measured  # here, for it brings what reads images

    found = measured().expectation("type", at / 1000)
    return Expected(at, 1000 * found.wrong, found.left, found.measured), 1000 * found.wrong_most


def set_threshold(archive: Archive, actor: Actor, at: int) -> None:
    """Set it for everything read from now on; what was filed stays filed. Raises BadInput outside the limits."""
    allow(archive, actor, "settings.manage")
    if not LOWEST <= at <= HIGHEST:
        raise BadInput(f"归档阈值只能在 {LOWEST / 10:g}% 到 {HIGHEST / 10:g}% 之间。", code="bad_threshold")
    with archive.uow(write=True) as uow:
        before = per_mille(uow)
        if before == at:
            return
        keep_setting(uow, Setting(SETTING, at))
        now = archive.clock.now()
        uow.audit(Event.THRESHOLD_SET, actor=actor.id, subject=SETTING, at=now, before=before, after=at)
        uow.commit()
