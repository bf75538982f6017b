"""Retention over the archive: one explained decision, events, holds, a sweep that destroys nothing."""

from __future__ import annotations

from datetime import date

import pytest

from archive.domain.checkpoints import Checkpoint
from archive.domain.keeping import Sweep
from archive.domain.records import Record
from archive.services import auditing, keeping, work
from archive.services.errors import BadInput, Refused
from tests.builders import Town
from tests.integration.conftest import HOME


@pytest.fixture
def violation(town: Town) -> Record:
    return town.files("violation_record", house=HOME, owner="示例一", day=date(2024, 1, 10), grade="一般")


def close(town: Town, record: Record, day: date) -> None:
    keeping.record_event(
        town.archive,
        town.who["archivist"],
        target_kind="record",
        target=record.id,
        type="closed",
        date=day,
        evidence="整改复查表",
    )


def test_without_its_event_a_rule_has_no_end(town: Town, violation: Record) -> None:
    answer = keeping.explain(town.archive, town.who["manager"], violation.id)
    assert (answer.outcome.value, answer.until) == ("keep", None)
    assert town.record(violation.id).due_on is None


def test_a_closed_violation_is_due_after_a_year_and_says_why(town: Town, violation: Record) -> None:
    close(town, violation, date(2024, 2, 1))
    assert town.record(violation.id).due_on == date(2025, 2, 2)
    answer = keeping.explain(town.archive, town.who["manager"], violation.id, date(2025, 2, 1))
    assert (answer.outcome.value, answer.until) == ("keep", date(2025, 2, 1))
    assert answer.clauses
    report = keeping.sweep(town.archive, town.who["manager"], on=date(2025, 2, 2), dry_run=True)
    assert [line.record for line in report.lines] == [violation.id]
    assert keeping.sweep(town.archive, town.who["manager"], on=date(2025, 2, 1), dry_run=True).lines == ()


def test_a_hold_stops_it_and_lifting_lets_it_go_on(town: Town, violation: Record) -> None:
    close(town, violation, date(2024, 2, 1))
    hold = keeping.set_hold(
        town.archive,
        town.who["manager"],
        target_kind="house",
        target=violation.house or "",
        reason="投诉未结",
    )
    assert keeping.sweep(town.archive, town.who["manager"], dry_run=True).lines == ()
    with pytest.raises(Refused):
        keeping.lift_hold(town.archive, town.who["staff"], hold.id, reason="想销毁")
    keeping.lift_hold(town.archive, town.who["manager"], hold.id, reason="已结案")
    town.clock.forward(days=1)
    assert len(keeping.sweep(town.archive, town.who["manager"], dry_run=True).lines) == 1


def test_owner_files_are_never_due(town: Town) -> None:
    card = town.files("owner_card", house=HOME, owner="示例一", day=date(2001, 1, 1))
    answer = keeping.explain(town.archive, town.who["manager"], card.id, date(2100, 1, 1))
    assert answer.outcome.value == "keep"
    assert answer.permanent
    assert keeping.sweep(town.archive, town.who["manager"], on=date(2100, 1, 1), dry_run=True).lines == ()


def test_a_sweep_is_kept_and_destroys_nothing(town: Town, violation: Record) -> None:
    close(town, violation, date(2024, 2, 1))
    for _ in range(2):
        keeping.sweep(town.archive, town.who["manager"], on=date(2026, 1, 1))
    assert town.record(violation.id).state.value == "filed"
    assert town.archive.store.versions(f"urn:dangan:record:{violation.id}")


def test_a_hold_and_an_event_need_their_reason_and_target(town: Town, violation: Record) -> None:
    with pytest.raises(BadInput):
        keeping.set_hold(
            town.archive, town.who["manager"], target_kind="record", target=violation.id, reason=""
        )
    with pytest.raises(BadInput):
        keeping.record_event(
            town.archive,
            town.who["archivist"],
            target_kind="record",
            target=violation.id,
            type="eclipse",
            date=date(2026, 1, 1),
            evidence="",
        )


def test_each_day_brings_one_sweep_and_each_hour_one_signed_checkpoint(town: Town) -> None:
    for _ in range(2):
        work.enqueue_daily(town.archive)
        work.enqueue_hourly(town.archive)
    town.works()
    with town.archive.uow() as uow:
        assert uow.count(Sweep) == 1
        assert uow.count(Checkpoint) == 1
    assert auditing.verify(town.archive, town.who["auditor"])["ok"]
    old = auditing.prove_consistency(town.archive, town.who["auditor"], 3)
    assert old["old_size"] == 3
    assert old["path"]
