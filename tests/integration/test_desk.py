"""The verification desk: nobody's work is done twice or lost, whatever two people do at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from archive.domain.desk import IN_HAND
from archive.domain.records import Record, RecordState
from archive.services import deciding, desk, desk_leases
from archive.services.errors import BadInput, Clash, NotFound
from archive.services.views import VerifyView
from tests.builders import Town, an_archive
from tests.integration.conftest import HOME
from tests.servers.base import Server
from tests.servers.postgres import fresh

Waiting = Callable[..., Record]


def a_town(folder: Path, **engines: str) -> Town:
    made = an_archive(folder, **engines).with_people().with_person("second", "archivist")
    return made.with_house(HOME, owner="示例一", since="2020-01-01")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.engine)])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Town:
    """A town with two archivists, on each database."""
    engines: dict[str, str] = {}
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        engines = {"DANGAN_DATABASE_URL": fresh(server.details["admin"])}
    return a_town(tmp_path / "home", **engines)


def waiting(town: Town, *texts: str) -> list[Record]:
    items = [town.receives(text.encode()) for text in texts or ("一张没有题名的纸",)]
    town.works()
    return [record for item in items for record in town.records_of(item)]


def accepted(town: Town, who: str, record: Record, **changes: object) -> Record:
    given = {"type": "owner_card", "house": HOME, "owner": "示例一", "date": date(2024, 3, 6), "fields": {}}
    return deciding.accept(
        town.archive, town.who[who], record.id, version=record.version, **{**given, **changes}
    )  # type: ignore[arg-type]


def test_each_of_many_gets_another_record(two: Town) -> None:
    records = waiting(two, *(f"第{n}张纸" for n in range(6)))
    got: list[VerifyView | None] = []

    def work(who: str) -> None:
        for _ in range(3):
            view = desk.next_item(two.archive, two.who[who])
            got.append(view)
            if view is not None:
                accepted(two, who, view.record)

    threads = [threading.Thread(target=work, args=(who,)) for who in ("archivist", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(v.record.id for v in got if v) == sorted(r.id for r in records)
    assert {two.record(r.id).version for r in records} == {2}
    assert desk.next_item(two.archive, two.who["second"]) is None


def test_one_of_two_decisions_at_once_wins_and_the_other_is_told(two: Town) -> None:
    (record,) = waiting(two)
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def work(who: str, owner: str) -> None:
        ready.wait(10)
        try:
            accepted(two, who, record, owner=owner)
            outcomes.append("filed")
        except Clash as clash:
            outcomes.append(clash.code)

    threads = [
        threading.Thread(target=work, args=given) for given in (("archivist", "示例一"), ("second", "示例二"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert outcomes.count("filed") == 1
    assert set(outcomes) - {"filed"} <= {"taken", "already_verified", "record_changed"}
    assert two.record(record.id).version == 2
    with two.archive.uow() as uow:
        assert uow.count(deciding.DeskDecision) == 1


def test_a_record_in_hand_is_read_only_for_others_until_it_is_left(two: Town) -> None:
    (record,) = waiting(two)
    mine = desk.item(two.archive, two.who["archivist"], record.id)
    theirs = desk.item(two.archive, two.who["second"], record.id)
    assert (mine.mine, theirs.mine, theirs.holder, theirs.over) == (True, False, "示例archivist", False)
    with pytest.raises(Clash, match="示例archivist"):
        accepted(two, "second", record)
    with pytest.raises(Clash):
        desk_leases.take_over(two.archive, two.who["second"], record.id)
    assert desk.next_item(two.archive, two.who["second"]) is None
    two.clock.forward(seconds=IN_HAND.total_seconds() - 1)
    assert desk_leases.renew(two.archive, two.who["archivist"], [record.id])[record.id] is not None
    two.clock.forward(seconds=60)
    assert not desk.item(two.archive, two.who["second"], record.id).over
    two.clock.forward(seconds=IN_HAND.total_seconds())
    assert desk.item(two.archive, two.who["second"], record.id).over
    desk_leases.take_over(two.archive, two.who["second"], record.id)
    assert desk_leases.renew(two.archive, two.who["archivist"], [record.id]) == {record.id: None}
    with pytest.raises(Clash, match="示例second"):
        accepted(two, "archivist", record)
    accepted(two, "second", record)


def test_a_record_given_back_is_free_at_once(two: Town) -> None:
    (record,) = waiting(two)
    desk.item(two.archive, two.who["archivist"], record.id)
    desk_leases.release(two.archive, two.who["second"], [record.id])
    assert desk.next_item(two.archive, two.who["second"]) is None
    known = desk_leases.renew(two.archive, two.who["archivist"], [record.id])[record.id]
    assert known is not None
    two.clock.forward(seconds=5)
    desk.item(two.archive, two.who["archivist"], record.id)
    desk_leases.release(two.archive, two.who["archivist"], [f"{record.id}={known.isoformat()}"])
    assert desk.next_item(two.archive, two.who["second"]) is None
    desk_leases.release(two.archive, two.who["archivist"], [record.id])
    view = desk.next_item(two.archive, two.who["second"])
    assert view is not None
    assert view.record.id == record.id


def test_a_second_submit_and_a_stale_form_change_nothing(two: Town) -> None:
    (record,) = waiting(two)
    accepted(two, "archivist", record)
    with pytest.raises(Clash) as again:
        accepted(two, "archivist", record, owner="别人")
    assert again.value.code == "already_verified"
    deciding.undo(two.archive, two.who["archivist"])
    with pytest.raises(Clash) as stale:
        accepted(two, "archivist", record, owner="别人")
    assert stale.value.code == "record_changed"
    assert two.record(record.id).owner != "别人"


def test_an_undone_decision_leaves_both_versions_and_the_desk_as_it_was(two: Town) -> None:
    first, second = waiting(two, "甲纸", "乙纸")
    filed = accepted(two, "archivist", first)
    assert filed.dossier
    accepted(two, "archivist", second, type="callback_record")
    with pytest.raises(NotFound):
        deciding.undo(two.archive, two.who["second"])
    back = deciding.undo(two.archive, two.who["archivist"])
    assert back.id == second.id
    also = deciding.undo(two.archive, two.who["archivist"])
    assert also.id == first.id
    with pytest.raises(NotFound):
        deciding.undo(two.archive, two.who["archivist"])
    for before in (first, second):
        now = two.record(before.id)
        assert (now.version, now.state, now.type) == (3, RecordState.TO_VERIFY, None)
        assert (now.dossier, now.access_class, now.problems) == (None, before.access_class, before.problems)
        assert now.doubt == before.doubt
    kinds = [v.message for v in two.archive.store.versions(f"urn:dangan:record:{first.id}")]
    assert kinds == ["received", "verified", "decision undone"]
    accepted(two, "archivist", also)


def test_what_is_sent_back_leaves_the_queue_and_can_return(town: Town) -> None:
    (record,) = waiting(town)
    who = town.who["archivist"]
    with pytest.raises(BadInput):
        deciding.send_back(town.archive, who, record.id, reason="ugly")
    sent = deciding.send_back(town.archive, who, record.id, reason="rescan", note="右边\n被折住")
    assert (sent.returned, sent.problems[0]["code"]) == ("rescan", "sent_back")
    assert desk.next_item(town.archive, who) is None
    view = desk.overview(town.archive, who, desk.Selection(returned=True))
    assert [line.record.id for line in view.lines] == [record.id]
    assert (view.waiting, view.returned) == (0, 1)
    deciding.undo(town.archive, who)
    assert town.record(record.id).returned == ""
    assert desk.next_item(town.archive, who) is not None


def test_the_desk_begins_with_the_most_doubtful_unless_asked_for_the_oldest(town: Town) -> None:
    mild, grave = waiting(town, "甲纸", "乙纸")
    who = town.who["archivist"]
    with town.archive.uow(write=True) as uow:
        uow.put(
            deciding.replace(town.record(mild.id), doubt=1), deciding.replace(town.record(grave.id), doubt=9)
        )
        uow.commit()
    assert [r.id for r in desk.queue(town.archive, who)] == [grave.id, mild.id]
    oldest = desk.Selection(order="oldest")
    assert [r.id for r in desk.queue(town.archive, who, oldest)] == [mild.id, grave.id]
    first = desk.next_item(town.archive, who)
    assert first is not None
    second = desk.next_item(town.archive, who, first.record.id)
    assert second is not None
    assert (first.record.id, second.record.id) == (grave.id, mild.id)
    again = desk.next_item(town.archive, who, second.record.id)
    assert again is not None
    assert again.record.id == grave.id


def test_a_turned_page_carries_its_boxes_along(town: Town) -> None:
    (record,) = waiting(town)
    box = {"page": 1, "x0": 0.1, "y0": 0.2, "x1": 0.3, "y1": 0.25}
    field = {"code": "name", "label": "姓名", "written": "甲", "value": "甲", "confidence": 0.5, "box": box}
    with town.archive.uow(write=True) as uow:
        uow.put(deciding.replace(town.record(record.id), fields=(field,)))
        uow.commit()
    who = town.who["archivist"]
    once = deciding.turn_page(town.archive, who, record.id, page=1, version=1)
    assert once.turned == (270,)
    assert once.fields[0]["box"] == {"page": 1, "x0": 0.75, "y0": 0.1, "x1": 0.8, "y1": 0.3}
    for version in (2, 3, 4):
        once = deciding.turn_page(town.archive, who, record.id, page=1, version=version)
    assert once.turned == (0,)
    assert once.fields[0]["box"] == pytest.approx(box)
    wide = desk.page_image(town.archive, who, record.id, 1, 400)
    deciding.turn_page(town.archive, who, record.id, page=1)
    assert desk.page_image(town.archive, who, record.id, 1, 400) != wide


def test_many_at_once_are_filed_as_read_and_what_cannot_be_stays(town: Town) -> None:
    good, poor, other = waiting(town, "甲纸", "乙纸", "丙纸")
    who = town.who["archivist"]
    read = {"type": "owner_card", "house_key": "3-2-1203", "owner": "示例一"}
    with town.archive.uow(write=True) as uow:
        uow.put(
            deciding.replace(town.record(good.id), record_date=date(2024, 3, 6), **read),
            deciding.replace(town.record(poor.id), **read),
        )
        uow.commit()
    with pytest.raises(BadInput):
        deciding.accept_as_read(town.archive, who, [good.id, other.id])
    filed, left = deciding.accept_as_read(town.archive, who, [good.id, poor.id])
    assert [r.id for r in filed] == [good.id]
    assert [(r.id, e.code) for r, e in left] == [(poor.id, "date_missing")]
    assert len(deciding.last_decisions(town.archive, who)) == 1
