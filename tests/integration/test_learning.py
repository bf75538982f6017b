"""What a person corrects is learned, carefully, and can be undone."""

from __future__ import annotations

from datetime import date

import pytest

from archive.domain.records import Record, RecordState
from archive.services import deciding, desk, learning
from tests.builders import Town
from tests.integration.conftest import HOME


def a_paper(number: int, label: str = "处理人") -> bytes:
    """A form that no pack knows, each with other words."""
    return (
        f"星河片区客户来访跟踪单\n编号：LF-{number:03}\n房号：{HOME}\n业主：示例一\n"
        f"日期：2026年3月{number}日\n{label}：样经办{'一二三四五'[number - 1]}\n来意：第{number}次询问车位"
    ).encode()


def received(town: Town, number: int) -> Record:
    item = town.receives(a_paper(number), f"来访{number}.txt")
    town.works()
    (record,) = town.records_of(item)
    return record


def corrected(town: Town, record: Record, kind: str = "callback_record") -> Record:
    day = date(2026, 3, 1)
    return deciding.accept(
        town.archive,
        town.who["archivist"],
        record.id,
        type=kind,
        house=HOME,
        owner="示例一",
        date=day,
        fields={},
    )


def test_an_unfamiliar_layout_corrected_twice_is_right_on_the_third_until_undone(town: Town) -> None:
    first = received(town, 1)
    assert first.type is None
    corrected(town, first)
    second = received(town, 2)
    assert second.type is None, "one correction only suggests"
    view = desk.item(town.archive, town.who["archivist"], second.id)
    assert view.learned_type is not None
    assert view.learned_type.value == "callback_record"
    corrected(town, second)
    third = received(town, 3)
    assert third.type == "callback_record"
    (rule,) = [v.rule for v in learning.rules(town.archive, town.who["archivist"]) if v.rule.kind == "title"]
    assert (rule.used, rule.records) == (True, (first.id, second.id))
    learning.undo_rule(town.archive, town.who["archivist"], rule.id)
    fourth = received(town, 4)
    assert fourth.type is None
    assert desk.item(town.archive, town.who["archivist"], fourth.id).learned_type is None


def test_an_acceptance_that_is_taken_back_taught_nothing(town: Town) -> None:
    corrected(town, received(town, 1))
    corrected(town, received(town, 2))
    deciding.undo(town.archive, town.who["archivist"])
    assert received(town, 3).type is None


def test_corrections_that_disagree_begin_anew(town: Town) -> None:
    corrected(town, received(town, 1))
    corrected(town, received(town, 2), "enquiry_record")
    assert received(town, 3).type is None
    (rule,) = [v.rule for v in learning.rules(town.archive, town.who["archivist"]) if v.rule.kind == "title"]
    assert (rule.value, len(rule.records)) == ("enquiry_record", 1)


def test_a_learned_type_never_brings_a_form_into_a_household_by_itself(town: Town) -> None:
    for number in (1, 2):
        corrected(town, received(town, number), "owner_card")
    body = a_paper(3).decode().replace("业主：示例一", "业主：陌生人")
    item = town.receives(body.encode(), "来访3.txt")
    town.works()
    (record,) = town.records_of(item)
    assert record.type == "owner_card"
    assert record.state is RecordState.TO_VERIFY
    assert "owner_differs" in {p["code"] for p in record.problems}


@pytest.mark.parametrize("times", [1, 2])
def test_a_label_that_people_filled_in_from_is_read_after_two(town: Town, times: int) -> None:
    kind = town.archive.pack.record_types["callback_record"]
    spec = next(f for f in kind.fields if not f.role and f.type.value in ("text", "person"))
    who = town.who["archivist"]
    for number in range(1, times + 1):
        record = received(town, number)
        given = {spec.code: f"样经办{'一二三四五'[number - 1]}"}
        day = date(2026, 3, number)
        deciding.accept(
            town.archive, who, record.id, type=kind.code, house=HOME, owner="示例一", date=day, fields=given
        )
    third = received(town, 3)
    assert third.field_values().get(spec.code) == ("样经办三" if times == 2 else None)
