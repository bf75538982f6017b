"""The log as auditors look at it: by time, everything about somebody or something, and as a table."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

from archive.domain.audit import mentioned
from archive.domain.audit_model import Event
from archive.services import access, audit_view, auditing, unmasking
from archive.services.audit_view import Wanted
from archive.services.errors import BadInput, NotFound, Refused
from tests.builders import NOON, Town, an_archive

HOUSE = "3栋2单元1203"
OTHER = "13栋2单元1203"


@pytest.fixture
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    made = an_archive(tmp_path_factory.mktemp("town")).with_people()
    return made.with_house(HOUSE, owner="示例一").with_house(OTHER, owner="示例二")


def listed(town: Town, **wanted: object) -> list[tuple[str, str]]:
    page = audit_view.entries(town.archive, town.who["auditor"], Wanted(**wanted), limit=1000)  # type: ignore[arg-type]
    return [(e.event, e.subject) for e in page.entries]


def test_everything_about_a_household_and_nothing_of_its_neighbour(town: Town) -> None:
    card = town.files("owner_card", house=HOUSE, owner="示例一", day=date(2024, 3, 6))
    other = town.files("owner_card", house=OTHER, owner="示例二", day=date(2024, 3, 6))
    asked = access.request_access(
        town.archive, town.who["staff"], target_kind="record", target=card.id, purpose="核对", days=1
    )
    access.refuse(town.archive, town.who["manager"], asked.id, reason="不需要")
    for typed in (HOUSE, "3-2-1203", card.house):
        about = listed(town, about=typed)
        assert ("record:verified", card.id) in about
        assert ("access:requested", asked.id) in about
        assert ("access:denied", asked.id) in about
        assert other.id not in {subject for _, subject in about}
    assert ("access:denied", asked.id) in listed(town, about=card.id)


def test_everything_about_a_person_also_where_another_acted(town: Town) -> None:
    card = town.files("owner_card", house=HOUSE, owner="示例一", day=date(2024, 3, 6))
    staff = town.who["staff"]
    asked = access.request_access(
        town.archive, staff, target_kind="record", target=card.id, purpose="核对", days=1
    )
    access.approve(town.archive, town.who["manager"], asked.id, days=1)
    for typed in ("staff", "示例staff", staff.id):
        events = [event for event, _ in listed(town, about=typed)]
        assert {"person:added", "access:requested", "access:approved"} <= set(events)
    assert [e for e, _ in listed(town, about="staff", event="access:approved")] == ["access:approved"]
    assert listed(town, about="nobody of this name") == []


def test_days_are_those_of_the_house_and_both_ends_count(town: Town) -> None:
    with town.archive.uow(write=True) as uow:
        for hours in (-13, -12, 11, 12):  # 23:00 the day before, 0:00, 23:00, 0:00 of the day after
            at = NOON.replace(day=20).__class__.fromtimestamp(
                NOON.timestamp() + 14 * 86400 + hours * 3600, NOON.tzinfo
            )
            uow.audit(Event.SIGNED_IN, actor="p", subject=str(hours), at=at)
        uow.commit()
    day = date(2026, 3, 20)
    assert [s for _, s in listed(town, person="p", since=day, until=day)] == ["11", "-12"]
    assert [s for _, s in listed(town, person="p", since=day)] == ["12", "11", "-12"]
    assert [s for _, s in listed(town, person="p", until=day)] == ["11", "-12", "-13"]
    assert listed(town, since=date(2030, 1, 1)) == []


def test_pages_follow_each_other_without_a_gap(town: Town) -> None:
    with town.archive.uow(write=True) as uow:
        for number in range(25):
            who = "x" if number % 3 else "y"
            uow.audit(Event.PAGE_VIEWED, actor=who, subject="z", at=NOON, reader="x" if who == "y" else "w")
        uow.commit()
    seen: list[int] = []
    before = None
    while True:
        page = audit_view.entries(
            town.archive, town.who["auditor"], Wanted(about="x"), before=before, limit=4
        )
        seen += [e.number for e in page.entries]
        if not page.entries:
            break
        before = page.entries[-1].number
    assert len(seen) == 25
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table_starts_no_formula_and_is_an_entry_itself(town: Town, ending: str) -> None:
    hostile = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1"]
    with town.archive.uow(write=True) as uow:
        for text in hostile:
            uow.audit(Event.SIGN_IN_REFUSED, actor="", subject=text, at=NOON, address="\x07")
        uow.commit()
    wanted = Wanted(event=Event.SIGN_IN_REFUSED.value)
    data = b"".join(audit_view.export_table(town.archive, town.who["auditor"], wanted, ending))
    if ending == "csv":
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    else:
        sheet = load_workbook(io.BytesIO(data)).active
        rows = [[str(v or "") for v in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == list(audit_view.COLUMNS)
    assert [row[5] for row in rows[1:]] == ["'" + text for text in reversed(hostile)]
    assert all(not cell.startswith(tuple("=+-@\t\r")) for row in rows for cell in row)
    with town.archive.uow() as uow:
        (entry,) = uow.audit_newest(limit=1)
    assert (entry.event, entry.actor) == (Event.EXPORTED, town.who["auditor"].id)
    assert entry.detail["wanted"] == {"event": "person:sign-in-refused"}
    assert auditing.verify(town.archive, town.who["auditor"])["ok"]


def test_only_auditors_look_and_other_endings_are_refused(town: Town) -> None:
    for name in ("staff", "manager", "administrator", "archivist"):
        with pytest.raises(Refused):
            audit_view.export_table(town.archive, town.who[name], Wanted(), "csv")
        with pytest.raises(Refused):
            audit_view.entries(town.archive, town.who[name])
    with pytest.raises(BadInput):
        audit_view.export_table(town.archive, town.who["auditor"], Wanted(), "html")


def test_too_many_rows_for_a_workbook_are_told_before_it_begins(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_view, "XLSX_ROWS", 3)
    with pytest.raises(BadInput) as said:
        audit_view.export_table(town.archive, town.who["auditor"], Wanted(), "xlsx")
    assert said.value.code == "too_many_rows"


def test_ids_are_names_wherever_they_stand_and_words_are_not() -> None:
    one, two = "01J0000000000000000000000A", "01J0000000000000000000000B"
    detail = {"house": "苑/3-2-1203", "reason": "苑/9", "made": [one], "before": {"house": "苑/1", "x": two}}
    assert mentioned(detail) == {"苑/3-2-1203", "苑/1", one, two}


def test_a_number_of_a_record_is_told_to_who_may_open_it_and_noted_first(town: Town) -> None:
    paper = town.files("callback_record", house=HOUSE, phone="13800000009")
    place = [i for i, f in enumerate(paper.fields) if f["value"] == "13800000009"]
    assert len(place) == 1
    with pytest.raises((Refused, NotFound)):
        unmasking.show_field(town.archive, town.who["auditor"], paper.id, place[0])
    assert unmasking.show_field(town.archive, town.who["staff"], paper.id, place[0]) == "13800000009"
    with town.archive.uow() as uow:
        (entry,) = uow.audit_newest(event=Event.NUMBER_SHOWN.value, limit=1)
    assert (entry.actor, entry.subject) == (town.who["staff"].id, paper.id)
    assert "13800000009" not in str(entry)
