"""Taking over registers and catalogues: every row answered, bad ones alone refused."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from archive.domain.estate import House, Tenure
from archive.domain.people import OPERATOR
from archive.domain.records import Record
from archive.domain.takeover import Takeover, TakeoverRow
from archive.services import checking, estate, estate_import, keeping, search, takeover, takeovers
from archive.services.errors import BadInput, Refused
from archive.services.takeover_report import report
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


def lines(*rows: dict[str, str]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def many(count: int) -> list[dict[str, str]]:
    return [{"type": "callback_record", "date": "2021-05-07", "text": f"第 {n} 次回访"} for n in range(count)]


def taken(town: Town, catalogue: Path, files: Path | None = None, **how: bool) -> list[dict]:
    return list(takeover.import_catalogue(town.archive, OPERATOR, catalogue, files, **how))


def test_an_import_that_was_killed_goes_on_and_does_nothing_twice(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takeover, "CHUNK", 3)
    catalogue = tmp_path / "old.jsonl"
    equal = {"type": "callback_record", "date": "2021-01-01", "text": "两行一样，也是两件"}
    catalogue.write_text(lines(*many(7), equal, equal), encoding="utf-8")
    killed = takeover.import_catalogue(town.archive, OPERATOR, catalogue)
    first = [next(killed) for _ in range(4)]  # the second batch is written, its answers are lost
    killed.close()
    again = taken(town, catalogue)
    assert [a["row"] for a in again] == list(range(1, 10))
    assert [a["state"] for a in again] == ["filed"] * 9
    assert [a.get("again", False) for a in again] == [True] * 6 + [False] * 3
    assert [a["record"] for a in again[:4]] == [a["record"] for a in first]
    assert len({a["record"] for a in again}) == 9
    with town.archive.uow() as uow:
        assert uow.count(Record) == 9
    assert all(a["again"] for a in taken(town, catalogue))


@pytest.mark.parametrize("step", ["_store", "_commit"])
def test_a_crash_between_store_and_database_loses_and_doubles_nothing(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    catalogue = tmp_path / "old.jsonl"
    catalogue.write_text(lines(*many(5)), encoding="utf-8")
    real = getattr(takeover._Session, step)

    def dies(*args: object) -> None:
        real(*args)
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(takeover._Session, step, dies)
        with pytest.raises(KeyboardInterrupt):
            taken(town, catalogue)
    assert [a["state"] for a in taken(town, catalogue)] == ["filed"] * 5
    with town.archive.uow() as uow:
        assert uow.count(Record) == 5


def test_a_corrected_catalogue_adds_what_is_new_in_it(town: Town, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    scan = tmp_path / "files" / "a.txt"
    scan.write_text("第一页", encoding="utf-8")
    rows = [
        {"type": "回访记录表", "date": "2021-05-07", "file": "a.txt"},
        {"type": "没有", "date": "2021-05-07", "text": "错行"},
    ]
    catalogue = tmp_path / "old.jsonl"
    catalogue.write_text(lines(*rows), encoding="utf-8")
    assert [a["state"] for a in taken(town, catalogue, tmp_path / "files")] == ["filed", "refused"]
    rows[1]["type"] = "回访记录表"
    catalogue.write_text(lines(rows[1], rows[0]), encoding="utf-8")
    second = taken(town, catalogue, tmp_path / "files")
    assert [(a["state"], a.get("again")) for a in second] == [("filed", None), ("filed", True)]
    scan.write_text("换了一页", encoding="utf-8")
    assert [a.get("again") for a in taken(town, catalogue, tmp_path / "files")] == [True, None]


def test_a_dry_import_says_the_same_and_leaves_nothing(town: Town, tmp_path: Path) -> None:
    catalogue = tmp_path / "old.jsonl"
    rows = [
        *many(2),
        {"type": "没有", "text": "x"},
        {"type": "业主资料卡", "house": "99-9-909", "text": "卡"},
    ]
    catalogue.write_text(lines(*rows), encoding="utf-8")
    dry = taken(town, catalogue, dry_run=True)
    assert {a["record"] for a in dry} == {None}
    with town.archive.uow() as uow:
        assert (uow.count(Record), uow.count(TakeoverRow), uow.count(Takeover)) == (0, 0, 0)
    assert [a["state"] for a in taken(town, catalogue)] == [a["state"] for a in dry]


def test_files_outside_the_folder_are_refused_row_by_row(town: Town, tmp_path: Path) -> None:
    files = tmp_path / "files"
    (files / "sub").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("outside")
    (files / "good.txt").write_text("里面", encoding="utf-8")
    (files / "link.txt").symlink_to(tmp_path / "secret.txt")
    (files / "inner.txt").symlink_to(files / "good.txt")
    (files / "way").symlink_to(tmp_path)
    hostile = [
        "../secret.txt",
        str(tmp_path / "secret.txt"),
        "sub/../../secret.txt",
        "..\\secret.txt",
        "link.txt",
        "inner.txt",
        "way/secret.txt",
        "sub",
        "",
        ".",
        "a\0b",
        "\ud800",
        "x" * 5000,
        "good.txt",
    ]
    catalogue = tmp_path / "old.jsonl"
    rows = [{"type": "callback_record", "date": "2021-05-07", "file": name} for name in hostile]
    catalogue.write_text("".join(json.dumps(row) + "\n" for row in rows))
    answers = taken(town, catalogue, files)
    assert [a["state"] for a in answers] == ["refused"] * 13 + ["filed"]
    assert {a["problems"][0]["code"] for a in answers[:13]} == {"no_such_file", "no_source", "bad_row"}


def test_a_page_takes_a_catalogue_over_and_reports_every_row(town: Town) -> None:
    archive, who = town.archive, town.who["archivist"]
    table = "类型,日期,文本\n" + "".join(f"回访记录表,2021-05-07,第{n}次\n" for n in range(30))
    table += "没有,2021-05-07,=HYPERLINK(1)\n"
    ready = takeovers.prepare(archive, who, BytesIO(table.encode()), "../旧目录.csv")
    assert (ready.state, ready.total, len(ready.preview), ready.name) == ("ready", 31, 20, "旧目录.csv")
    with archive.uow() as uow:
        assert uow.count(Record) == 0
    takeovers.start(archive, who, ready.id)
    takeovers.start(archive, who, ready.id)
    town.works()
    view = takeovers.view(archive, who, ready.id)
    assert (view.takeover.state, view.takeover.done) == ("done", 31)
    assert view.counts == {"filed": 30, "refused": 1}
    assert [r.row for r in view.attention] == [31]
    out = BytesIO()
    takeovers.write_report(archive, who, ready.id, ".csv", out)
    told = out.getvalue().decode("utf-8-sig").splitlines()
    assert (len(told), told[0]) == (32, "row,state,record,again,problems,messages")
    book = BytesIO()
    takeovers.write_report(archive, who, ready.id, ".xlsx", book)
    assert load_workbook(BytesIO(book.getvalue())).active.max_row == 32
    assert list(archive.store.list_received()) == []
    takeovers.prepare(archive, who, BytesIO(table.encode()), "旧目录.csv")
    takeovers.start(archive, who, ready.id)
    town.works()
    with archive.uow() as uow:
        assert uow.count(Record) == 30


def test_a_page_refuses_what_is_no_catalogue(town: Town) -> None:
    for name, content in (("a.docx", b"x"), ("a.xlsx", b"no zip"), ("a.csv", "类型\n".encode())):
        with pytest.raises(BadInput):
            takeovers.prepare(town.archive, town.who["archivist"], BytesIO(content), name)
    with pytest.raises(Refused):
        takeovers.prepare(town.archive, town.who["staff"], BytesIO(b""), "a.csv")


def test_a_report_holds_no_formula() -> None:
    out = BytesIO()
    lines = report(".csv", out)
    problem = {"code": "x", "message": "=cmd()"}
    lines.add({"row": 1, "state": "refused", "record": None, "problems": [problem]})
    lines.close()
    assert "'=cmd()" in out.getvalue().decode()
