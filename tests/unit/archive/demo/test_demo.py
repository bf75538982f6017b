"""The demonstration estate on an archive of its own; what needs recognition of scans is in tests/e2e."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from archive.bootstrap import open_archive, read_settings
from archive.domain.estate import House, Tenure
from archive.domain.records import Intake, Record, RecordState
from archive.services import demo, people, work
from archive.services.archive import Archive
from archive.services.errors import BadInput

pytestmark = pytest.mark.slow

ROLES = ["administrator", "archivist", "auditor", "manager", "staff"]


@dataclass(frozen=True)
class Estate:
    """The demonstration once it is made: one for all tests here, as making it takes seconds."""

    archive: Archive
    made: demo.DemoResult
    said: list[str]
    seconds: float


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    home = tmp_path_factory.mktemp("demo") / "home"
    archive = open_archive(read_settings({"DANGAN_HOME": str(home)}), create=True)
    assert demo.finish(archive) is True  # no demonstration, nothing to wait for
    said: list[str] = []
    started = time.process_time()
    made = demo.create(archive, said.append)
    yield Estate(archive, made, said, time.process_time() - started)
    archive.reader().close()


def test_people_houses_and_papers_are_there_at_once(estate: Estate) -> None:
    assert estate.seconds < 8  # of processor time: a machine that does something else as well is no slower
    assert sorted(role for _, _, role, _ in estate.made.logins) == ROLES
    assert len(estate.made.intakes) >= 18
    with estate.archive.uow() as uow:
        assert uow.count(House) == 40
        assert uow.count(Tenure) == 41
        assert uow.count(Intake, batch=demo.BATCH) == len(estate.made.intakes)
    assert len(estate.said) >= len(estate.made.intakes)


def test_the_printed_logins_work(estate: Estate) -> None:
    for name, _, role, password in estate.made.logins:
        entry = people.sign_in(estate.archive, name, password, address="127.0.0.1", user_agent="test")
        actor = people.actor_of(estate.archive, entry.token)
        assert actor is not None
        assert actor.roles == (role,)


def test_an_archive_in_use_is_left_alone(estate: Estate) -> None:
    with pytest.raises(BadInput) as refused:
        demo.create(estate.archive, estate.said.append)
    assert refused.value.code == "in_use"
    with estate.archive.uow() as uow:
        assert uow.count(Tenure) == 41


def test_typed_papers_are_filed_by_a_worker(estate: Estate) -> None:
    """Those that need no recognition come first, so a page has something to show within seconds."""
    typed = estate.made.intakes[:5]
    for _ in typed:
        assert work.work_here(estate.archive, "test")
    with estate.archive.uow() as uow:
        received = uow.list(Intake, id=typed, order=("id",))
        records = [uow.get(Record, r) for i in received for r in i.records]
    assert [r and r.state for r in records] == [RecordState.FILED] * 5
    assert [r and r.type for r in records] == [
        *["controlled_document"] * 3,
        "enquiry_record",
        "notice",
    ]
    assert demo.finish(estate.archive) is False  # the scans still wait
