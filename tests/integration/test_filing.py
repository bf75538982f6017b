"""From received bytes to filed records, and what happens when something breaks on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from archive.domain.filing import UNFILED_CLASS
from archive.domain.jobs import Job, JobState
from archive.domain.records import Intake, RecordState
from archive.ports.search import IndexUnavailable
from archive.ports.store import StoreUnavailable
from archive.services import checking, desk, filing, intake, search, work
from archive.services.errors import Away, BadInput, Refused
from tests.builders import Town
from tests.integration.conftest import HOME


class Broken:
    """A port whose one method fails for a while; everything else is the real engine."""

    def __init__(self, real: Any, method: str, error: Exception, times: int = 10**9) -> None:
        self._real, self._method, self._error, self._left = real, method, error, times

    def __getattr__(self, name: str) -> Any:
        if name != self._method or self._left <= 0:
            return getattr(self._real, name)

        def fail(*_: Any, **__: Any) -> Any:
            self._left -= 1
            raise self._error

        return fail


def test_what_nobody_recognises_goes_to_the_desk_and_stays_closed(town: Town) -> None:
    item = town.receives("一张没有题名的纸".encode())
    town.works()
    (record,) = town.records_of(item)
    assert record.state is RecordState.TO_VERIFY
    assert record.access_class == UNFILED_CLASS
    assert "type_unsure" in {p["code"] for p in record.problems}


def test_the_same_bytes_make_one_record(town: Town) -> None:
    first, second = (town.receives("同一张纸".encode()) for _ in range(2))
    town.works()
    assert town.item(first).state == "done"
    again = town.item(second)
    assert again.state == "duplicate"
    assert again.records == town.item(first).records
    third = town.receives("同一张纸".encode())
    town.works()
    assert town.item(third).state == "duplicate"


def test_small_files_are_written_together_and_one_bad_one_holds_no_other(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "TOGETHER_SECONDS", 60)
    bad = town.receives("坏了的".encode())
    good = [town.receives(f"第{n}张纸".encode()) for n in range(5)]
    same = town.receives("第3张纸".encode())
    puts: list[int] = []
    real, read = town.archive.store, filing.read_intake

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def put(self, versions: Any) -> None:
            puts.append(len(versions))
            real.put(versions)

    def reading(archive: Any, intake_id: str) -> Any:
        if intake_id == bad.id:
            raise RuntimeError("bug")
        return read(archive, intake_id)

    monkeypatch.setattr(filing, "read_intake", reading)
    town.archive = replace(town.archive, store=Counting())
    assert work.work_here(town.archive, "test")
    assert puts == [6]
    assert [town.item(item).state for item in good] == ["done"] * 5
    assert town.item(same).state == "duplicate"
    assert town.item(bad).state == "waiting"
    with town.archive.uow() as uow:
        assert uow.count(Job, kind="read", state=JobState.DONE) == 6


def test_an_empty_file_is_refused_with_what_to_do(town: Town) -> None:
    item = town.receives(b"", "空.pdf")
    town.works()
    told = town.item(item)
    assert told.state == "refused"
    assert told.problems[0]["code"] == "empty_file"
    assert told.records == ()


def test_a_person_files_at_the_desk_as_a_new_version(town: Town) -> None:
    filed = town.files("owner_card", house="三栋二单元1203室", owner="示例一", day=date(2024, 3, 6))
    assert filed.state is RecordState.FILED
    assert filed.version == 2
    assert filed.house_key == "3-2-1203"
    assert filed.dossier is not None
    versions = town.archive.store.versions(f"urn:dangan:record:{filed.id}")
    assert [v.number for v in versions] == [1, 2]
    with pytest.raises(Refused, match="核对台"):
        desk.item(town.archive, town.who["archivist"], filed.id)


def test_a_violation_without_grade_is_not_filed(town: Town) -> None:
    with pytest.raises(BadInput) as refused:
        town.files("violation_record", house=HOME, owner="示例一")
    assert refused.value.code == "grade_missing"
    filed = town.files("violation_record", house=HOME, owner="示例一", text="违章", grade="重大")
    assert filed.field_values()["grade"] == "重大"


def test_an_unknown_house_is_refused_at_the_desk(town: Town) -> None:
    with pytest.raises(BadInput) as refused:
        town.files("owner_card", house="99栋9单元9999", owner="示例一")
    assert refused.value.code == "house_unknown"


def test_a_store_without_room_says_so_and_acknowledges_nothing(town: Town) -> None:
    full = Broken(town.archive.store, "receive", StoreUnavailable("no space left on device"))
    town.archive = replace(town.archive, store=full)
    with pytest.raises(Away):
        town.receives(b"paper")
    with town.archive.uow() as uow:
        assert uow.count(Intake) == 0


def test_a_store_that_is_away_lets_the_job_wait_and_loses_nothing(town: Town) -> None:
    whole = town.archive
    item = town.receives("等一等再存".encode())
    town.archive = replace(whole, store=Broken(whole.store, "put", StoreUnavailable("away")))
    assert work.work_here(town.archive, "test")
    with whole.uow() as uow:
        (job,) = uow.list(Job, kind="read")
    assert job.state is JobState.WAITING
    assert job.attempts == 0
    town.archive = whole
    town.works()
    assert town.item(item).state == "done"


def test_a_worker_killed_between_store_and_database_leaves_one_record(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = town.receives("断在中间".encode())

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as once:
        once.setattr(filing, "write_draft", die)
        with pytest.raises(KeyboardInterrupt):
            work.work_here(town.archive, "test")
    assert town.item(item).records == ()
    town.clock.forward(minutes=5)
    town.works()
    assert len(town.records_of(item)) == 1
    town.clock.forward(hours=2)
    found = checking.check(town.archive, town.who["administrator"])["findings"]
    assert [f["code"] for f in found] == ["orphan_object"]


def test_an_index_that_is_away_catches_up(town: Town) -> None:
    whole = town.archive
    town.archive = replace(whole, index=Broken(whole.index, "write", IndexUnavailable("away"), times=2))
    town.receives("索引迟到也要找得到".encode())
    town.works()
    page = search.search(whole, town.who["archivist"], "迟到")
    assert page.total == 1
    assert page.behind == 0


def test_a_job_that_always_fails_is_set_aside_and_its_file_says_so(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("bug")

    monkeypatch.setattr(filing, "read_intake", fail)
    item = town.receives(b"paper")
    town.works()
    told = town.item(item)
    assert told.state == "failed"
    assert told.problems[0]["code"] == "reading_failed"


def test_names_are_shown_but_never_become_paths(town: Town) -> None:
    for name, shown in (
        ("../../etc/cron.d/x.pdf", "x.pdf"),
        ("..\\..\\windows\\a.docx", "a.docx"),
        ("业主资料\u202efdp.exe", "业主资料fdp.exe"),
        ("a\x00b.pdf", "ab.pdf"),
        ("   ", "未命名"),
    ):
        assert intake.clean_name(name) == shown
    item = town.receives(b"<script>alert(1)</script>", "../../../tmp/<script>.txt")
    town.works()
    assert town.item(item).original_name == "<script>.txt"
    assert checking.check(town.archive, town.who["administrator"], deep=True)["ok"]
