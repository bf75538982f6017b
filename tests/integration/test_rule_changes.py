"""A changed pack shows its effect before it is accepted, and shortens nothing without a person's decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from archive.domain.jobs import Setting
from archive.domain.people import OPERATOR
from archive.domain.records import Record
from archive.domain.schedule import ScheduleState, ScheduleVersion, Stage
from archive.services import keeping, rule_changes, work
from archive.services.archive import Archive
from archive.services.errors import BadInput, Refused
from archive.services.schedule import IN_FORCE, in_force, welcome_types
from schemas import load_pack
from tests.builders import Town
from tests.integration.conftest import HOME

FILED = date(2025, 1, 10)


@pytest.fixture
def callback(town: Town) -> Record:
    record = town.files("callback_record", house=HOME, owner="示例一", day=date(2024, 12, 20))
    keeping.record_event(
        town.archive,
        town.who["archivist"],
        target_kind="record",
        target=record.id,
        type="quarter_filed",
        date=FILED,
        evidence="季度归档",
    )
    return town.record(record.id)


def with_pack(town: Town, folder: Path, text: str, name: str = "retention.yaml") -> Archive:
    """The same archive, started with the house's own pack."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    made = replace(town.archive, pack=load_pack(folder))
    welcome_types(made)
    return made


def shorter(town: Town, tmp_path: Path) -> Archive:
    return with_pack(town, tmp_path / "pack", "rules: [{id: callback, period: P1Y}]\n")


def longer(town: Town, tmp_path: Path) -> Archive:
    return with_pack(town, tmp_path / "pack", "rules: [{id: callback, period: P5Y}]\n")


def test_the_first_pack_is_in_force_from_the_start(town: Town) -> None:
    with town.archive.uow() as uow:
        named = uow.get(Setting, IN_FORCE)
        assert named is not None
        first = uow.get(ScheduleVersion, named.value)
    assert first is not None
    assert first.state is ScheduleState.ACCEPTED
    assert first.pack_version == town.archive.pack.version
    assert rule_changes.pending(town.archive, town.who["manager"]) is None


def test_a_shorter_rule_changes_nothing_until_the_manager_accepts_it(
    town: Town, callback: Record, tmp_path: Path
) -> None:
    manager = town.who["manager"]
    assert callback.due_on == date(2027, 1, 11)
    changed = shorter(town, tmp_path)
    answer = keeping.explain(changed, manager, callback.id)
    assert answer.until == date(2027, 1, 10)
    assert answer.pack_version == town.archive.pack.version

    version = rule_changes.propose(changed, manager)
    assert version is not None
    seen = rule_changes.pending(changed, manager)
    assert seen is not None
    assert seen.counted
    assert dict(seen.totals) == {"shorter": 1, "due": 1}
    lines, after = rule_changes.changed_records(changed, manager, "callback_record", change="due")
    assert [(line.record, line.change, after) for line in lines] == [(callback.id, "shorter", "")]

    for who in ("archivist", "staff", "administrator"):
        with pytest.raises(Refused):
            rule_changes.accept(changed, town.who[who], version.id, reason="想早点销毁")
    with pytest.raises(Refused, match="具名"):
        rule_changes.accept(changed, OPERATOR, version.id, reason="想早点销毁")
    with pytest.raises(BadInput):
        rule_changes.accept(changed, manager, version.id, reason=" ")
    assert keeping.explain(changed, manager, callback.id).until == date(2027, 1, 10)

    rule_changes.accept(changed, manager, version.id, reason="公司统一为一年")
    answer = keeping.explain(changed, manager, callback.id)
    assert answer.until == date(2026, 1, 10)
    assert answer.pack_version == changed.pack.version
    assert town.record(callback.id).due_on == date(2027, 1, 11), "due days follow by a job"
    assert work.work_here(changed, "test")
    assert town.record(callback.id).due_on == date(2026, 1, 11)
    report = keeping.sweep(changed, manager, dry_run=True)
    assert [(line.record, line.pack_version) for line in report.lines] == [
        (callback.id, changed.pack.version)
    ]


def test_the_decision_is_in_the_audit_log_with_both_versions_and_the_counts(
    town: Town, callback: Record, tmp_path: Path
) -> None:
    changed = shorter(town, tmp_path)
    version = rule_changes.propose(changed, town.who["manager"])
    assert version is not None
    rule_changes.accept(changed, town.who["manager"], version.id, reason="公司统一为一年")
    with changed.uow() as uow:
        entry = list(uow.audit_entries(event="retention:schedule-accepted"))[-1]
    assert entry.actor == town.who["manager"].id
    assert entry.detail["from"] == town.archive.pack.version
    assert entry.detail["to"] == changed.pack.version
    assert (entry.detail["shorter"], entry.detail["due"], entry.detail["longer"]) == (1, 1, 0)
    assert entry.detail["reason"] == "公司统一为一年"


def test_an_operator_may_accept_what_only_keeps_longer(town: Town, callback: Record, tmp_path: Path) -> None:
    changed = longer(town, tmp_path)
    version = rule_changes.propose(changed, OPERATOR)
    assert version is not None
    rule_changes.accept(changed, OPERATOR, version.id, reason="集团要求")
    while work.work_here(changed, "test"):
        pass
    assert town.record(callback.id).due_on == date(2030, 1, 11)
    assert rule_changes.pending(changed, OPERATOR) is None
    back = rule_changes.pending(town.archive, OPERATOR)
    assert back is not None, "the old pack would now shorten what was lengthened"


def test_what_was_counted_for_other_rules_cannot_be_accepted(
    town: Town, callback: Record, tmp_path: Path
) -> None:
    manager = town.who["manager"]
    first = shorter(town, tmp_path)
    stale = rule_changes.propose(first, manager)
    second = with_pack(town, tmp_path / "other", "rules: [{id: callback, period: P3Y}]\n")
    fresh = rule_changes.propose(second, manager)
    assert stale is not None
    assert fresh is not None
    with pytest.raises(BadInput) as caught:
        rule_changes.accept(second, manager, stale.id, reason="x")
    assert caught.value.code == "schedule_stale"
    rule_changes.accept(second, manager, fresh.id, reason="x")
    with pytest.raises(BadInput):
        rule_changes.accept(second, manager, fresh.id, reason="twice")


NEW_TYPE = """\
family: pets
record_types:
  - code: pet_registration
    zh: 宠物登记表
    en: Pet registration
    kind: form
    dossier: none
    access_class: internal
    retention: [RULE]
    fields: [house, date required]
    decided_by: house
    reason: The estate registers pets.
"""


def test_a_new_type_works_at_once_and_its_rule_too_changes_only_by_a_decision(
    town: Town, tmp_path: Path
) -> None:
    manager = town.who["manager"]
    with_new = with_pack(town, tmp_path / "one", NEW_TYPE.replace("RULE", "training"), "pets.yaml")
    assert rule_changes.pending(with_new, manager) is None
    with with_new.uow() as uow:
        assert in_force(with_new, uow).lines["pet_registration"].rules[0].period == "P3Y"
    stricter = with_pack(town, tmp_path / "two", NEW_TYPE.replace("RULE", "recordings"), "pets.yaml")
    with stricter.uow() as uow:
        assert in_force(stricter, uow).lines["pet_registration"].rules[0].period == "P3Y"
    change = rule_changes.pending(stricter, manager)
    assert change is not None
    assert [t.type for t in change.types] == ["pet_registration"]


def test_counting_and_refreshing_go_on_where_they_were_interrupted(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = town.who["manager"]
    records = [
        town.files("notice", day=date(2024, 1, 1 + n), text=f"公示 {n} 号，各位业主请知悉") for n in range(5)
    ]
    changed = with_pack(
        town,
        tmp_path / "pack",
        "record_types: [{code: notice, retention: [training]}]\n",
        "types.yaml",
    )
    monkeypatch.setattr(rule_changes, "CHUNK", 2)
    monkeypatch.setattr(rule_changes, "AT_ONCE", 1)
    monkeypatch.setattr(rule_changes, "SAVE_SECONDS", -1)
    version = rule_changes.propose(changed, manager)
    assert version is not None
    assert version.total == 5

    def lights_out(done: int, of: int) -> None:
        if done >= 3:
            raise RuntimeError("lights out")

    with pytest.raises(RuntimeError):
        rule_changes.count_effect(changed, version.id, lights_out)
    with changed.uow() as uow:
        half = uow.get(ScheduleVersion, version.id)
    assert half is not None
    assert half.examined in (2, 4)
    with pytest.raises(BadInput) as caught:
        rule_changes.accept(changed, manager, version.id, reason="too early")
    assert caught.value.code == "not_counted"
    while work.work_here(changed, "test"):
        pass
    seen = rule_changes.pending(changed, manager)
    assert seen is not None
    assert seen.counted
    assert dict(seen.totals) == {"shorter": 5}

    rule_changes.accept(changed, manager, version.id, reason="统一为三年")
    with pytest.raises(RuntimeError):
        rule_changes.refresh_due_days(changed, version.id, lights_out)
    while work.work_here(changed, "test"):
        pass
    with changed.uow() as uow:
        done = uow.get(ScheduleVersion, version.id)
    assert done is not None
    assert (done.stage, done.examined) == (Stage.SETTLED, 5)
    assert {town.record(r.id).due_on for r in records} == {date(2027, 1, 2 + n) for n in range(5)}


def test_a_trial_of_another_pack_keeps_nothing(town: Town, callback: Record, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "settings.yaml").write_text("count_from: next_year\n", encoding="utf-8")
    change, records = rule_changes.trial(town.archive, town.who["manager"], load_pack(folder))
    assert change is not None
    assert change.totals["longer"] == 1
    found = {line.record: line for line in records}
    after = found[callback.id].after
    assert after is not None
    assert after.until == date(2027, 12, 31)
    with town.archive.uow() as uow:
        assert uow.count(ScheduleVersion) == 1
    assert rule_changes.pending(town.archive, town.who["manager"]) is None
