"""The house register: taken over whole or not at all, the same again, and out as it came in."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from archive.domain.completeness import FileState, HouseholdFile
from archive.domain.estate import House, Tenancy, Tenure
from archive.domain.keeping import RecordedEvent
from archive.domain.people import OPERATOR
from archive.services import estate_export, estate_import
from archive.services.errors import BadInput, Refused
from tests.builders import Town, an_archive
from tests.integration.conftest import HOME

HEAD = "项目,房号,业主,产权起,产权止,电话,租户,租户电话,租期起,租期止,售出日期,用途,面积\n"


def take(town: Town, rows: str, **options: bool) -> list[dict[str, object]]:
    return estate_import.import_estate(
        town.archive, OPERATOR, BytesIO((HEAD + rows).encode()), "r.csv", **options
    )


def register(town: Town) -> list[object]:
    """Everything the register says, without ids."""
    with town.archive.uow() as uow:
        return [
            uow.list(House, order=("id",)),
            sorted((t.house, t.owner, t.phone, str(t.started), str(t.ended)) for t in uow.list(Tenure)),
            sorted((t.house, t.tenant, t.phone, str(t.started), str(t.ended)) for t in uow.list(Tenancy)),
            sorted((e.target, e.type, e.date) for e in uow.list(RecordedEvent)),
        ]


FULL = """星河花园,3栋2单元1203,例一,2015-01-01,2020-05-20,13800000001,,,,,2014-12-01,住宅,89.5
星河花园,3-2-1203,例二,2020-05-20,,+86 13800000002,样租,13800000003,2022-01-01,2023-01-01,,,
星河花園,３棟２單元１２０３,,,,,样租二,,2023-01-01,,,,
星河花园,A座0905,=例三,,,,,,,,,商铺,
星河花园,5幢602,,,,,,,,,,,
"""


def test_houses_owners_tenants_and_sales_are_taken_over_once(town: Town) -> None:
    assert [a["state"] for a in take(town, FULL)] == ["added"] * 5
    before = register(town)
    assert len([h for h in before[0] if h.estate == "星河花园"]) == 3  # type: ignore[attr-defined]
    assert [a["state"] for a in take(town, FULL)] == ["known"] * 5
    assert register(town) == before
    assert ("星河花园/3-2-1203", "sale", date(2014, 12, 1)) in before[3]  # type: ignore[operator]


def test_a_dry_run_tells_every_row_and_changes_nothing(town: Town) -> None:
    before = register(town)
    bad = "星河花园,看不懂,例一\n,3-1-101,例二\n星河花园,3-1-102,例三,去年\n"
    bad += "星河花园,3-1-103,例四,2020-01-01,2019-01-01\n"
    answers = take(town, FULL + bad, dry_run=True)
    assert [a["row"] for a in answers] == list(range(2, 11))
    assert [p["code"] for a in answers for p in a["problems"]] == [  # type: ignore[attr-defined]
        "bad_house",
        "no_estate",
        "bad_date",
        "ends_before",
    ]
    assert register(town) == before
    again = take(town, FULL + bad)
    assert [a["state"] for a in again] == [a["state"] for a in answers]


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_an_export_is_taken_over_as_the_same_register(town: Town, tmp_path: Path, name: str) -> None:
    take(town, FULL)
    out = BytesIO()
    rows = estate_export.export_estate(town.archive, town.who["archivist"], out, name)
    assert rows == 6
    if name.endswith("csv"):
        assert ",'=例三," in out.getvalue().decode("utf-8-sig")
        assert ",'+86 13800000002," in out.getvalue().decode("utf-8-sig")
    other = an_archive(tmp_path / "other")
    answers = estate_import.import_estate(other.archive, OPERATOR, BytesIO(out.getvalue()), name)
    assert {a["state"] for a in answers} == {"added"}
    assert register(other) == register(town)


def test_a_new_owner_in_the_register_ends_the_tenure_before(town: Town) -> None:
    record = town.files("violation_record", house=HOME, owner="示例一", day=date(2024, 1, 10), grade="一般")
    card = town.files("owner_card", house=HOME, owner="示例一", day=date(2024, 1, 10))
    (answer,) = take(town, f"测试苑,{HOME},示例新,2025-02-01\n")
    assert answer["state"] == "transfer"
    with town.archive.uow() as uow:
        former, present = sorted(uow.list(Tenure, house=record.house), key=lambda t: t.started or date.min)
        summary = uow.get(HouseholdFile, record.house or "")
    assert (former.owner, former.ended) == ("示例一", date(2025, 2, 1))
    assert (present.owner, present.ended) == ("示例新", None)
    assert summary is not None
    assert (summary.owner, summary.state) == ("示例新", FileState.MISSING)
    assert town.record(card.id).due_on == date(2028, 2, 2)


def test_two_lasting_owners_in_one_file_are_a_question_not_a_transfer(town: Town) -> None:
    answers = take(town, "测试苑,9-1-101,例一,2015-01-01\n测试苑,9-1-101,例二,2020-01-01\n")
    assert [a["state"] for a in answers] == ["added", "refused"]
    assert answers[1]["problems"][0]["code"] == "overlap_lasting"  # type: ignore[index]


def test_a_changed_phone_and_an_end_are_taken_over(town: Town) -> None:
    take(town, "测试苑,9-1-101,例一,2015-01-01,,13800000001\n")
    assert take(town, "测试苑,9-1-101,例一,,,13800000009\n")[0]["state"] == "changed"
    assert take(town, "测试苑,9-1-101,例一,2015-01-01,2020-01-01\n")[0]["state"] == "ended"
    with town.archive.uow() as uow:
        (tenure,) = uow.list(Tenure, house="测试苑/9-1-101")
    assert (tenure.phone, tenure.ended) == ("13800000009", date(2020, 1, 1))


def test_a_file_that_breaks_half_way_leaves_nothing(town: Town) -> None:
    before = register(town)
    out = BytesIO()
    estate_export.export_estate(town.archive, OPERATOR, out, "r.csv")
    broken = (HEAD + "".join(f"新苑,1-1-{n}01,例{n}\n" for n in range(1, 3000))).encode() + b"\xff\xfe\x00"
    with pytest.raises(BadInput):
        estate_import.import_estate(town.archive, OPERATOR, BytesIO(broken), "r.csv")
    assert register(town) == before


def test_only_who_manages_the_estate_takes_over_and_out(town: Town) -> None:
    with pytest.raises(Refused):
        estate_export.export_estate(town.archive, town.who["staff"], BytesIO(), "r.csv")
    with pytest.raises(Refused):
        estate_import.import_estate(town.archive, town.who["manager"], BytesIO(b""), "r.csv")
