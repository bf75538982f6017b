"""One household by hand, what its file lacks, the shift's clock, and a register taken over by a worker."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from archive.domain.completeness import FileState, HouseholdFile
from archive.domain.estate import House, Tenancy, Tenure
from archive.domain.records import Record
from archive.services import completeness, estate, estate_jobs, household, keeping, register
from archive.services.errors import BadInput, Refused
from archive.services.home import home
from tests.builders import ESTATE, Town
from tests.integration.conftest import HOME

ID = f"{ESTATE}/3-2-1203"
REGISTER = (
    "项目,房号,业主,产权起\n新苑,1-1-101,例一,2020-01-01\n新苑,1-1-102,例二,2020-01-01\n新苑,？,例三,\n"
)


def summary(town: Town, house: str = ID) -> HouseholdFile:
    completeness.follow(town.archive)
    with town.archive.uow() as uow:
        found = uow.get(HouseholdFile, house)
    assert found is not None
    return found


def tenures(town: Town) -> list[tuple[str, str, date | None, date | None]]:
    with town.archive.uow() as uow:
        rows = uow.list(Tenure, house=ID, order=("started",))
    return [(t.owner, t.phone, t.started, t.ended) for t in rows]


def test_a_title_transfer_ends_the_tenure_and_keeps_the_former_owners_papers_for_three_years(
    town: Town,
) -> None:
    card = town.files("owner_card", house=HOME, owner="示例一", day=date(2021, 1, 5))
    who = town.who["archivist"]
    change = household.change_owner(
        town.archive, who, ID, owner="示例新", phone="13800000009", on=date(2026, 3, 1)
    )
    assert tenures(town) == [
        ("示例一", "", date(2020, 1, 1), date(2026, 3, 1)),
        ("示例新", "13800000009", date(2026, 3, 1), None),
    ]
    answer = keeping.explain(town.archive, town.who["manager"], card.id, date(2030, 1, 1))
    assert (answer.outcome.value, answer.until) == ("review", date(2029, 3, 1))
    household.undo(town.archive, who, change.id)
    assert tenures(town) == [("示例一", "", date(2020, 1, 1), None)]
    assert town.record(card.id).due_on is None
    assert summary(town).owner == "示例一"


def test_only_the_latest_change_is_undone_and_none_that_papers_hang_on(town: Town) -> None:
    who = town.who["archivist"]
    first = household.change_owner(town.archive, who, ID, owner="示例新", on=date(2025, 3, 1))
    town.files("owner_card", house=HOME, owner="示例新", day=date(2025, 3, 2))
    with pytest.raises(BadInput, match="不能撤销") as bound:
        household.undo(town.archive, who, first.id)
    assert bound.value.code == "owner_has_records"
    household.set_tenant(town.archive, who, ID, tenant="样租", started=date(2026, 1, 1))
    with pytest.raises(BadInput) as later:
        household.undo(town.archive, who, first.id)
    assert later.value.code == "not_latest"


def test_a_tenant_comes_goes_and_makes_room_for_the_next(town: Town) -> None:
    who = town.who["archivist"]
    household.set_tenant(town.archive, who, ID, tenant="样租", phone="13800000001", started=date(2025, 1, 1))
    household.set_tenant(town.archive, who, ID, tenant="样租二", started=date(2026, 1, 1))
    view = estate.owner_file(town.archive, who, ID)
    assert [(t.tenant, t.ended) for t in view.tenancies] == [("样租二", None), ("样租", date(2026, 1, 1))]
    change = household.end_tenancy(town.archive, who, view.tenancies[0].id, on=date(2026, 2, 1))
    household.undo(town.archive, who, change.id)
    with town.archive.uow() as uow:
        assert uow.count(Tenancy, house=ID, ended=None) == 1


@pytest.mark.parametrize("on", [date(2020, 1, 1), date(2019, 5, 1)])
def test_a_transfer_before_the_present_owner_came_is_refused(town: Town, on: date) -> None:
    with pytest.raises(BadInput):
        household.change_owner(town.archive, town.who["archivist"], ID, owner="示例新", on=on)
    with pytest.raises(Refused):
        household.change_owner(town.archive, town.who["staff"], ID, owner="示例新", on=date(2026, 1, 1))
    assert len(tenures(town)) == 1


def test_what_a_file_lacks_follows_its_records(town: Town) -> None:
    before = summary(town)
    assert before.state is FileState.MISSING
    assert " owner_card " in before.missing
    assert before.since == date(2020, 1, 1)
    town.files("owner_card", house=HOME, owner="示例一", day=date(2020, 1, 5))
    assert " owner_card " not in summary(town).missing
    assert summary(town).gaps == before.gaps - 1
    town.files("renovation_application", house=HOME, owner="示例一", day=date(2022, 4, 1))
    renovating = summary(town)
    assert " renovation_agreement " in renovating.missing
    lines = {line.type: line for line in estate.owner_file(town.archive, town.who["archivist"], ID).lines}
    assert lines["renovation_agreement"].since == date(2022, 4, 1)
    assert lines["gas_agreement"].since == date(2020, 1, 1)


def test_a_record_that_moves_leaves_its_gap_behind(town: Town) -> None:
    card = town.files("owner_card", house=HOME, owner="示例一", day=date(2020, 1, 5))
    assert " owner_card " not in summary(town).missing
    other = f"{ESTATE}/5-602"
    with town.archive.uow(write=True) as uow:
        (tenure,) = uow.list(Tenure, house=other)
        uow.put(replace(card, house=other, tenure=tenure.id, dossier=None, change=uow.next_change()))
        uow.commit()
    assert " owner_card " in summary(town).missing
    assert " owner_card " not in summary(town, other).missing


def test_an_unsigned_form_is_told_apart_from_a_missing_one(town: Town) -> None:
    card = town.files("owner_card", house=HOME, owner="示例一", day=date(2020, 1, 5))
    kind = town.archive.pack.record_types["owner_card"]
    place = next(p.code for p in (*kind.signatures, *kind.seals) if p.required)
    with town.archive.uow(write=True) as uow:
        fresh = uow.get(Record, card.id)
        assert fresh is not None
        mark = {"place": place, "present": False, "confidence": 0.9, "box": None}
        uow.put(replace(fresh, signatures=(mark,), change=uow.next_change()))
        uow.commit()
    found = summary(town)
    assert " owner_card " in found.unsigned
    assert " owner_card " not in found.missing
    who = town.who["archivist"]
    only = register.lacking(town.archive, who, register.Wanted(line="owner_card", kind=FileState.UNSIGNED))
    assert [f.id for f in only.files] == [ID]
    assert register.lacking(town.archive, who, register.Wanted(line="gas_agreement")).total == 2
    out = BytesIO()
    assert register.export_lacking(town.archive, who, register.Wanted(building="3"), out) == 1
    row = list(load_workbook(out).active.iter_rows(values_only=True))[1]
    assert row[1:3] == (HOME, "示例一")
    assert "业主资料卡" in str(row[4])


def test_a_rebuild_makes_the_same_summaries(town: Town) -> None:
    town.files("owner_card", house=HOME, owner="示例一", day=date(2020, 1, 5))
    before = summary(town)
    with town.archive.uow(write=True) as uow:
        for house in uow.list(House):
            uow.remove(HouseholdFile, house.id)
        uow.commit()
    assert completeness.rebuild(town.archive) == 2
    assert summary(town) == before


def test_the_shift_counts_what_came_in_it_and_what_an_earlier_one_left(town: Town) -> None:
    town.receives("一份读不出类型的资料".encode())
    town.works()
    who = town.who["archivist"]
    shift = home(town.archive, who).shift
    assert shift is not None
    assert (shift.began, shift.ends) == (
        datetime(2026, 3, 6, 1, tzinfo=UTC),
        datetime(2026, 3, 6, 9, tzinfo=UTC),
    )
    assert (shift.waiting, shift.late) == (1, 0)
    town.clock.at = datetime(2026, 3, 6, 9, tzinfo=UTC)
    later = home(town.archive, who).shift
    assert later is not None
    assert (later.waiting, later.late) == (0, 1)
    assert later.late_since is not None
    assert later.ends == datetime(2026, 3, 7, 1, tzinfo=UTC)


def test_a_worker_tries_a_register_and_takes_it_over_when_told(town: Town) -> None:
    who = town.who["archivist"]
    made = estate_jobs.receive(town.archive, who, BytesIO(REGISTER.encode()), "../名册.csv")
    assert made.name == "名册.csv"
    town.works()
    tried = estate_jobs.view(town.archive, who, made.id)
    assert tried.made.state == "checked"
    assert tried.made.counts == {"added": 2, "refused": 1}
    assert [(p.row, p.code, p.refused) for p in tried.problems] == [(4, "bad_house", True)]
    with town.archive.uow() as uow:
        assert uow.count(House, estate="新苑") == 0
    estate_jobs.confirm(town.archive, who, made.id)
    town.works()
    assert estate_jobs.view(town.archive, who, made.id).made.state == "done"
    with town.archive.uow() as uow:
        assert uow.count(House, estate="新苑") == 2
    with pytest.raises(BadInput):
        estate_jobs.confirm(town.archive, who, made.id)
    assert not list(town.archive.store.list_received())


def test_a_bad_register_fails_with_its_code_and_changes_nothing(town: Town) -> None:
    who = town.who["archivist"]
    made = estate_jobs.receive(town.archive, who, BytesIO(b"PK\x03\x04 nothing"), "x.xlsx")
    town.works()
    failed = estate_jobs.view(town.archive, who, made.id).made
    assert (failed.state, failed.code) == ("failed", "bad_excel")


def test_the_register_of_a_building_goes_from_the_top_floor_down(town: Town) -> None:
    town.with_house("3栋2单元0301", owner="例三").with_house("3栋1单元101", owner="例四")
    who = town.who["staff"]
    view = register.building(town.archive, who, ESTATE, "3")
    assert [(u.name, [f for f, _ in u.floors]) for u in view.units] == [("1", ["1"]), ("2", ["12", "3"])]
    overview = register.overview(town.archive, who)
    assert [b.name for b in overview.buildings] == ["3", "5"]
    assert overview.estates == ((ESTATE, 4),)
