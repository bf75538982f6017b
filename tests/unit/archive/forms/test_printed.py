"""What a form's code proves, and what the archive makes of a paper that says something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.domain.estate import Tenure
from archive.domain.filing import decide
from archive.domain.forms.printed import (
    FormReturn,
    FormState,
    PrintedForm,
    genuine,
    judge,
    merged,
    slip_for,
)
from archive.domain.masking import mask_phone
from archive.domain.matching import Belonging
from archive.domain.records import RecordState
from ingest.facts import Mark, RecordFacts, Value
from ingest.slips import Slip, slip_of, slip_text
from schemas import load_pack

PACK = load_pack()
KIND = PACK.record_types["callback_record"]
KEY = b"k" * 32
NOW = datetime(2026, 3, 6, tzinfo=UTC)
FORM = PrintedForm(
    "K7Q29MXA",
    "callback_record",
    "测试苑/3-2-1203",
    "01M84RK5V8QRC0MXDP5FKK0R6N",
    {"house": "3-2-1203", "owner": "示例一", "date": "2026-03-06"},
    {"house": "3栋2单元1203", "owner": "示例一", "date": "2026年3月6日", "phone": "138****0001"},
    1,
    1,
    "zh",
    "p1",
    NOW,
)
SLIP = slip_for(FORM, "3-2-1203", 1, 1, KEY)
TENURE = Tenure(FORM.tenure or "", FORM.house or "", "示例一", "", None, None)


def found(slip: Slip = SLIP, form: PrintedForm | None = FORM, **known: object) -> list[str]:
    answer = judge(slip, form, KEY, house_key="3-2-1203", tenure=TENURE, **known)  # type: ignore[arg-type]
    return [d.code for d in answer.doubts]


def test_a_code_of_ours_is_believed_on_every_page() -> None:
    assert slip_of(slip_text(SLIP)) == SLIP
    assert genuine(replace(SLIP, page=1), KEY)
    assert found() == []


@given(
    st.sampled_from(["type", "house", "tenure", "serial", "copy"]),
    st.sampled_from(["owner_card", "3-2-1204", "ZZZZZZZZZZ", "K7Q29MXB", "2"]),
)
def test_nothing_of_a_code_can_be_changed(part: str, other: str) -> None:
    changed = replace(SLIP, **{part: int(other) if part == "copy" and other.isdecimal() else other})  # type: ignore[arg-type]
    if changed != SLIP:
        assert not genuine(changed, KEY)


def test_other_codes_prove_nothing() -> None:
    assert found(replace(SLIP, seal="A" * 10)) == ["form_forged"]
    assert found(form=None) == ["form_unknown"]
    assert found(Slip("form", "owner_card", "3-2-1203")) == ["form_unsigned"]
    assert found(form=replace(FORM, type="owner_card")) == ["form_forged"], "the row says something else"
    for slip in (replace(SLIP, seal="A" * 10), Slip("form", "owner_card")):
        assert judge(slip, FORM, KEY).form is None


def test_what_a_person_has_to_know() -> None:
    assert found(form=replace(FORM, state=FormState.VOID, reason="填错")) == ["form_void"]
    ended = replace(TENURE, ended=date(2026, 4, 1))
    assert [d.code for d in judge(SLIP, FORM, KEY, house_key="3-2-1203", tenure=ended).doubts] == [
        "form_tenure_ended"
    ]
    before = replace(TENURE, ended=date(2025, 4, 1))
    assert judge(SLIP, FORM, KEY, house_key="3-2-1203", tenure=before).doubts == (), (
        "known when it was printed"
    )
    first = FormReturn("r1", FORM.id, 1, "i1", 1, NOW, "rec1")
    assert found(earlier=[first]) == ["form_again"]
    assert found(earlier=[replace(first, copy=2)]) == ["form_other_copy"]


def read(**values: str) -> RecordFacts:
    fields = tuple(
        Value(code, code, text, text, confidence=0.8, origin="ocr") for code, text in values.items()
    )
    return RecordFacts((1,), "callback_record", 1.0, "回访记录表", "", fields=fields, slip=SLIP)


def test_printed_values_count_and_bad_readings_do_not() -> None:
    both = merged(read(owner="示例二", date="2026-03-08", content="已修好"), FORM, KIND, "3-2-1203")
    assert both.differs == ()
    assert (both.part.owner, both.part.house, both.part.date) == ("示例一", "3-2-1203", date(2026, 3, 6))
    values = {v.code: (v.value, v.origin) for v in both.part.fields}
    assert values["content"] == ("已修好", "ocr")
    assert values["date"] == ("2026-03-06", "qr")
    assert "phone" not in values, "a masked number is no phone"


@pytest.mark.parametrize(("code", "text"), [("date", "2026-05-17"), ("owner", "李海川"), ("house", "8-203")])
def test_what_a_hand_changed_goes_to_a_person(code: str, text: str) -> None:
    assert [d.code for d in merged(read(**{code: text}), FORM, KIND, "3-2-1203").differs] == ["form_differs"]


def filed(facts: RecordFacts, type: str = "callback_record", printed: bool = True) -> RecordState:
    belonging = Belonging(None, None, "示例一", True)
    return decide(facts, PACK.record_types[type], belonging, PACK, printed=printed).state


def test_what_is_missing_on_a_printed_form_is_noted_and_not_held_up() -> None:
    part = replace(read(), date=date(2026, 3, 6), signatures=(Mark("owner_signature", False),))
    assert filed(part) is RecordState.FILED
    assert filed(part, printed=False) is RecordState.TO_VERIFY


def test_what_its_retention_needs_is_never_missing() -> None:
    part = replace(read(), type="violation_record", date=date(2026, 3, 6))
    assert filed(part, "violation_record") is RecordState.TO_VERIFY
    assert filed(replace(read(), date=None)) is RecordState.TO_VERIFY


def test_a_phone_tells_only_its_ends() -> None:
    assert mask_phone("13800000123") == "138****0123"
    assert mask_phone("8601") == "****"
