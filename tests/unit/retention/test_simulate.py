"""The effect of a changed pack is seen before it is accepted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from retention import Case, Change, Effect, Event, Facts, FactsError, decide_by_pack, schedule_of, simulate
from schemas import Pack, load_pack

TODAY = date(2024, 6, 1)
CALLBACK = Case(
    "r1", "callback_record", Facts(None, None, events=(Event("quarter_filed", date(2023, 1, 10)),))
)
OWNER = Case("r2", "owner_card", Facts(date(2020, 1, 1), None))
VIOLATION = Case("r3", "violation_record", Facts(date(2020, 1, 1), None))
UNKNOWN = Case("r4", "no_such_type", Facts(None, None))


def effects_of(cases: list[Case], old: Pack, new: Pack) -> list[Effect]:
    return list(simulate(cases, schedule_of(old), schedule_of(new), new.record_types, TODAY))


@pytest.mark.parametrize(
    ("period", "change"), [("P3Y", Change.LONGER), ("P1Y", Change.SHORTER), ("P2Y", Change.SAME)]
)
def test_a_changed_period(tmp_path: Path, period: str, change: Change) -> None:
    (tmp_path / "retention.yaml").write_text(
        f"rules: [{{id: callback, period: {period}}}]\n", encoding="utf-8"
    )
    effects = effects_of([CALLBACK, OWNER], load_pack(), load_pack(tmp_path))
    assert [e.change for e in effects] == [change, Change.SAME]
    assert effects[0].before is not None
    assert effects[0].after is not None
    assert effects[0].before.pack_version != effects[0].after.pack_version


def test_a_permanent_file_that_would_end_is_shorter(tmp_path: Path) -> None:
    text = "record_types: [{code: owner_card, retention: [keys]}]\n"
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    assert effects_of([OWNER], load_pack(), load_pack(tmp_path))[0].change is Change.SHORTER


def test_what_cannot_be_decided_says_why() -> None:
    effects = effects_of([VIOLATION, UNKNOWN], load_pack(), load_pack())
    assert [e.change for e in effects] == [Change.SAME, Change.SAME]
    assert "grade" in effects[0].problem
    assert effects[1].after is not None
    assert effects[1].after.rule == "", "a type without a rule is kept until a person decides"
    with pytest.raises(FactsError, match="no record type"):
        decide_by_pack(UNKNOWN.facts, load_pack(), UNKNOWN.record_type, (), TODAY)


def test_a_house_may_keep_former_owners_files_for_ever(tmp_path: Path) -> None:
    text = 'rules: [{id: owner-file-permanent, while_not: ""}]\n'
    (tmp_path / "retention.yaml").write_text(text, encoding="utf-8")
    former = Case("r5", "owner_card", Facts(None, None, events=(Event("title_transfer", date(2020, 1, 1)),)))
    effect = effects_of([former], load_pack(), load_pack(tmp_path))[0]
    assert effect.change is Change.LONGER
    assert effect.after is not None
    assert effect.after.permanent
