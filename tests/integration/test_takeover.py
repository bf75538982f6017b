"""Taking over registers and catalogues: every row answered, bad ones alone refused."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from archive.domain.estate import House, Tenure
from archive.domain.people import OPERATOR
from archive.services import checking, estate, estate_import, keeping, search, takeover
from archive.services.errors import BadInput, Refused
from tests.builders import Town


def imported(town: Town, text: str, name: str = "houses.csv", encoding: str = "utf-8") -> list[dict]:
    return estate_import.import_estate(town.archive, OPERATOR, BytesIO(text.encode(encoding)), name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_register_in_the_usual_encodings(town: Town, encoding: str) -> None:
    answers = imported(town, "项目,房号,业主,起\n新苑,7栋1单元0101,示例七,2020-01-01\n", encoding=encoding)
    (answer,) = answers
    told = {key: answer[key] for key in ("row", "state", "record", "problems")}
    assert told == {"row": 2, "state": "added", "record": "新苑/7-1-101", "problems": []}


def test_an_excel_register(town: Town) -> None:
    book = Workbook()
    book.active.append(["estate", "house", "owner", "from", "to", "phone"])
    book.active.append(["新苑", "7栋1单元0102", "示例八", "2020-01-01", None, 13800000008])
    out = BytesIO()
    book.save(out)
    answers = estate_import.import_estate(town.archive, OPERATOR, BytesIO(out.getvalue()), "houses.xlsx")
    assert [a["state"] for a in answers] == ["added"]
    with town.archive.uow() as uow:
        (tenure,) = uow.list(Tenure, house="新苑/7-1-102")
    assert tenure.phone == "13800000008"


def test_bad_rows_are_named_and_the_others_go_on(town: Town) -> None:
    rows = [
        "新苑,不是房号,示例,,",
        "新苑,1栋1单元101,示例,昨天,",
        "新苑,1栋1单元102,示例,2024-01-01,2023-01-01",
        "新苑,1-1-103,示例,,",
    ]
    answers = imported(town, "estate,house,owner,from,to\n" + "\n".join(rows))
    assert [a["state"] for a in answers] == ["refused", "refused", "refused", "added"]
    assert [p["code"] for a in answers for p in a["problems"]] == ["bad_house", "bad_date", "ends_before"]


def test_the_same_register_twice_changes_nothing(town: Town) -> None:
    text = "estate,house,owner,from,to\n新苑,1栋1单元101,示例,2020-01-01,\n"
    imported(town, text)
    assert [a["state"] for a in imported(town, text)] == ["known"]
    overlap = imported(town, "estate,house,owner,from,to\n新苑,1栋1单元101,别人,2019-01-01,\n")
    assert overlap[0]["problems"][0]["code"] == "overlap"


def test_a_title_transfer_ends_one_tenure_and_begins_the_next(town: Town) -> None:
    old = town.files("owner_card", house="5-602", owner="示例二", day=date(2022, 1, 5), text="旧业主的卡")
    rows = "测试苑,5幢-602,示例二,2021-05-01,2025-06-01\n测试苑,5幢-602,示例五,2025-06-01,\n"
    answers = imported(town, "estate,house,owner,from,to\n" + rows)
    assert [a["state"] for a in answers] == ["ended", "added"]
    new = town.files("owner_card", house="5-602", owner="示例五", day=date(2025, 6, 2), text="新业主的卡")
    assert new.dossier != old.dossier
    on = date(2030, 1, 1)
    former = keeping.explain(town.archive, town.who["manager"], old.id, on)
    assert (former.outcome.value, former.until) == ("review", date(2028, 6, 1))
    present = keeping.explain(town.archive, town.who["manager"], new.id, on)
    assert (present.outcome.value, present.permanent) == ("keep", True)
    assert town.record(old.id).due_on == date(2028, 6, 2)
    now = estate.owner_file(town.archive, town.who["manager"], "测试苑/5-602")
    assert [r.id for line in now.lines for r in line.records] == [new.id]
    before = estate.owner_file(town.archive, town.who["manager"], "测试苑/5-602", old.tenure)
    assert [r.id for line in before.lines for r in line.records] == [old.id]


def test_a_dry_run_leaves_nothing(town: Town) -> None:
    text = "estate,house,owner\n新苑,1栋1单元101,示例\n"
    answers = estate_import.import_estate(
        town.archive, OPERATOR, BytesIO(text.encode()), "h.csv", dry_run=True
    )
    assert [a["state"] for a in answers] == ["added"]
    with town.archive.uow() as uow:
        assert uow.count(House, estate="新苑") == 0


def test_a_register_without_houses_or_rights_is_refused(town: Town) -> None:
    with pytest.raises(BadInput) as missing:
        imported(town, "a,b\n1,2\n")
    assert missing.value.code == "no_column"
    with pytest.raises(BadInput):
        imported(town, "no excel", "houses.xlsx")
    with pytest.raises(Refused):
        estate_import.import_estate(town.archive, town.who["staff"], BytesIO(b""), "h.csv")


def test_a_catalogue_is_taken_over_row_by_row(town: Town, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.txt").write_text("老档案里的一页,讲水表读数", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("outside", encoding="utf-8")
    rows: list[object] = [
        {
            "type": "业主资料卡",
            "house": "3栋2单元1203",
            "owner": "示例一",
            "date": "2021-05-06",
            "text": "旧卡",
        },
        {"type": "回访记录表", "date": "2021年5月7日", "file": "a.txt"},
        {"type": "回访记录表", "date": "2021-05-07", "file": "../secret.txt"},
        {"type": "没有这种表", "date": "2021-05-07", "text": "x"},
        {"type": "业主资料卡", "house": "99栋9单元909", "date": "2021-05-07", "text": "没有这套房"},
        ["not", "an", "object"],
    ]
    catalogue = tmp_path / "old.jsonl"
    catalogue.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    answers = list(takeover.import_catalogue(town.archive, OPERATOR, catalogue, tmp_path / "files"))
    assert [a["row"] for a in answers] == [1, 2, 3, 4, 5, 6]
    assert [a["state"] for a in answers] == ["filed", "filed", "refused", "refused", "to_verify", "refused"]
    codes = [a["problems"][0]["code"] for a in answers if a["state"] == "refused"]
    assert codes == ["no_such_file", "unknown_type", "bad_row"]
    town.works()
    assert search.search(town.archive, town.who["archivist"], "水表读数").total == 1
    card = town.record(answers[0]["record"])
    assert (card.house_key, card.owner, card.access_class) == ("3-2-1203", "示例一", "secret")
    assert checking.check(town.archive, town.who["administrator"], deep=True)["ok"]
