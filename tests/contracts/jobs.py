"""The contract of Jobs, with real worker processes around it. A subclass brings `broker_url` (a running
broker) and `away_url` (one that is not there)."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.adapters.jobs import CeleryJobs, make_celery
from archive.bootstrap import open_archive, read_settings
from archive.domain.jobs import Job, JobState, WorkerBeat
from archive.ports.jobs import BrokerUnavailable
from archive.services import work
from archive.services.archive import Archive
from tests.servers.base import PROJECT, end, spawn

_ids = itertools.count(1)


@dataclass
class House:
    """An archive with its broker, and the processes that a test started for it."""

    archive: Archive
    env: dict[str, str]
    folder: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return self.folder / "jobs.txt"

    def start(self, *what: str) -> subprocess.Popen[bytes]:
        argv = [sys.executable, "-m", "tests.contracts.job_process", *what]
        output = self.folder / f"{what[0]}-{len(self.running)}.log"
        process = spawn(argv, output, {**self.env, "PYTHONPATH": str(PROJECT)})
        self.running.append(process)
        return process

    def worker(self, concurrency: int = 2) -> subprocess.Popen[bytes]:
        return self.start("worker", str(concurrency))

    def ask(self, kind: str = "quick", count: int = 1, *, hint: bool = True) -> list[str]:
        """New jobs; without `hint` their message is lost."""
        now = self.archive.clock.now()
        payload = {"file": str(self.log)}
        numbers = [next(_ids) for _ in range(count)]
        jobs = [Job(f"job-{n:05}", kind, payload, JobState.WAITING, now, now) for n in numbers]
        with self.archive.uow(write=True) as uow:
            if hint:
                for job in jobs:
                    uow.enqueue(job)
            else:
                uow.add(*jobs)
            uow.commit()
        return [job.id for job in jobs]

    def jobs(self) -> dict[str, Job]:
        with self.archive.uow() as uow:
            return {job.id: job for job in uow.list(Job)}

    def waiting(self, kind: str) -> int:
        with self.archive.uow() as uow:
            return uow.count(Job, kind=kind, state=JobState.WAITING)

    def lines(self, of: Sequence[str] | None = None) -> list[list[str]]:
        lines = [line.split() for line in self.log.read_text().splitlines()] if self.log.exists() else []
        return [line for line in lines if of is None or line[0] in of]

    def times(self, of: Sequence[str] | None = None, what: str = "done") -> dict[str, int]:
        return dict(Counter(line[0] for line in self.lines(of) if line[1] == what))

    def let_go(self) -> None:
        """Let the jobs end that wait for it, those asked for until now."""
        for job_id in self.jobs():
            Path(f"{self.log}.{job_id}").touch()

    def wait(self, until: Callable[[], Any], seconds: float = 40) -> Any:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = until()
            if found:
                return found
            time.sleep(0.05)
        logs = "\n".join(path.read_text()[-1500:] for path in self.folder.glob("*.log"))
        pytest.fail(f"not within {seconds} s; rows: {self.jobs()}; {logs}")

    def wait_done(self, seconds: float = 40) -> dict[str, Job]:
        def over() -> bool:
            over = JobState.DONE, JobState.QUARANTINED
            return all(job.state in over for job in self.jobs().values())

        self.wait(over, seconds)
        return self.jobs()


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the main process alone, as a service manager does; then make sure."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(20)
    end(process)


@contextlib.contextmanager
def open_house(broker_url: str, folder: Path) -> Iterator[House]:
    env = {"DANGAN_HOME": str(folder / "home"), "DANGAN_BROKER_URL": broker_url}
    house = House(open_archive(read_settings(env), create=True), env, folder)
    try:
        yield house
    finally:
        house.let_go()
        for process in house.running:
            stop(process)


class JobsContract:
    @pytest.fixture
    def house(self, broker_url: str, tmp_path: Path) -> Iterator[House]:
        """A house of its own, without workers."""
        with open_house(broker_url, tmp_path) as house:
            yield house

    @pytest.fixture(scope="class")
    @classmethod
    def crew(cls, shared_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
        """A house with a running worker of two processes, for all tests of the class that leave it so."""
        with open_house(shared_url, tmp_path_factory.mktemp("crew")) as house:
            house.worker(2)
            house.wait(lambda: work.workers_alive(house.archive) == 2)
            yield house

    def test_what_was_sent_before_a_worker_came_reaches_it(self, house: House) -> None:
        ids = house.ask(count=5)
        house.worker()
        house.wait_done()
        assert house.times() == dict.fromkeys(ids, 1)

    def test_a_message_takes_less_than_half_a_second(self, crew: House) -> None:
        def once() -> float:
            started = time.monotonic()
            crew.ask()
            crew.wait_done()
            return time.monotonic() - started

        assert min(once() for _ in range(5)) < 0.5

    def test_two_workers_do_everything_once(self, crew: House) -> None:
        second = crew.worker()
        crew.wait(lambda: work.workers_alive(crew.archive) == 4)
        ids = crew.ask(count=300)
        done = crew.wait_done()
        assert crew.times(ids) == dict.fromkeys(ids, 1)
        assert len({done[job_id].worker.rsplit("/", 1)[0] for job_id in ids}) == 2
        stop(second)
        with crew.archive.uow() as uow:
            assert uow.count(WorkerBeat) == 2

    def test_a_duplicate_message_does_nothing(self, crew: House) -> None:
        ids = crew.ask(count=10)
        for _ in range(4):
            crew.archive.jobs.send(ids)
        crew.archive.jobs.send([*ids, "no such job"])
        ids += crew.ask()
        crew.wait_done()
        assert crew.times(ids) == dict.fromkeys(ids, 1)

    def test_no_job_waits_behind_a_long_one(self, crew: House) -> None:
        long = crew.ask("until_told")
        crew.wait(lambda: crew.times(long, "begun"))
        quick = crew.ask(count=20)
        crew.wait(lambda: len(crew.times(quick)) == 20)
        assert not crew.times(long)
        crew.let_go()
        crew.wait_done()

    def test_indexing_overtakes_a_long_queue(self, crew: House) -> None:
        crew.ask("pause", count=40)
        crew.ask("index", hint=False)
        crew.wait(lambda: not crew.waiting("index"))
        assert crew.waiting("pause")
        crew.wait_done()

    def test_a_killed_worker_s_job_is_done_by_another(self, crew: House) -> None:
        (job_id,) = crew.ask("until_told")
        (begun,) = crew.wait(lambda: crew.lines([job_id]))
        os.kill(int(begun[2]), signal.SIGKILL)
        crew.wait(lambda: crew.times([job_id], "begun") == {job_id: 2})
        crew.let_go()
        job = crew.wait_done()[job_id]
        assert crew.times([job_id]) == {job_id: 1}
        assert job.attempts == 2
        assert crew.lines([job_id])[-1][2] != begun[2]

    def test_a_job_that_kills_its_workers_is_put_aside(self, crew: House) -> None:
        (deadly,) = crew.ask("deadly")
        crew.wait(lambda: crew.jobs()[deadly].state is JobState.QUARANTINED, 60)
        assert crew.times([deadly], "begun") == {deadly: 3}
        assert "workers died" in crew.jobs()[deadly].error
        crew.ask()
        crew.wait_done()

    def test_a_killed_machine_s_job_is_done_when_its_lease_ran_out(self, house: House) -> None:
        process = house.worker(1)
        (job_id,) = house.ask("until_told")
        house.wait(house.lines)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        house.let_go()
        house.worker(1)
        (other,) = house.ask()
        house.wait(lambda: house.times([other]))
        work.resend_waiting(house.archive)
        assert house.jobs()[job_id].state is JobState.RUNNING
        now = house.archive.clock.now()
        with house.archive.uow(write=True) as uow:
            lost = uow.get(Job, job_id)
            assert lost is not None
            uow.put(replace(lost, lease_until=now - timedelta(seconds=1)))
            uow.commit()
        work.resend_waiting(house.archive)
        house.wait_done()
        assert house.times([job_id]) == {job_id: 1}

    def test_a_lost_message_is_sent_again_by_the_scheduler(self, house: House) -> None:
        house.worker(1)
        house.start("scheduler")
        ids = house.ask(count=3, hint=False)
        house.wait_done()
        assert house.times() == dict.fromkeys(ids, 1)

    def test_a_worker_that_is_stopped_ends_its_job_and_begins_no_other(self, house: House) -> None:
        process = house.worker(1)
        first, *others = house.ask("until_told", count=3)
        house.wait(house.lines)
        process.terminate()
        time.sleep(1)
        house.let_go()
        assert process.wait(20) == 0
        assert house.times() == {first: 1}
        jobs = house.jobs()
        assert jobs[first].state is JobState.DONE
        assert {jobs[other].state for other in others} == {JobState.WAITING}
        with house.archive.uow() as uow:
            assert uow.count(WorkerBeat) == 0
        house.worker(1)
        work.resend_waiting(house.archive)
        house.wait_done()
        assert house.times() == dict.fromkeys([first, *others], 1)

    @pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
    def test_a_job_that_takes_too_long_goes_back(self, house: House, how: signal.Signals) -> None:
        process = house.worker(1)
        (job_id,) = house.ask("until_told")
        house.wait(house.lines)
        process.send_signal(how)
        process.wait(30)
        job = house.jobs()[job_id]
        assert (job.state, job.attempts, job.worker) == (JobState.WAITING, 0, "")
        assert house.times() == {}
        house.let_go()
        house.worker(1)
        work.resend_waiting(house.archive)
        house.wait_done()
        assert house.times() == {job_id: 1}

    def test_ping(self, crew: House) -> None:
        crew.archive.jobs.ping()

    def test_a_broker_that_is_away_says_so_at_once(self, away_url: str, tmp_path: Path) -> None:
        jobs = CeleryJobs(make_celery(away_url, tmp_path / "away"))
        if away_url.startswith("filesystem"):
            messages = tmp_path / "away" / "broker" / "messages"
            messages.rmdir()
            messages.touch()
        for ask in (jobs.ping, lambda: jobs.send(["job"])):
            started = time.monotonic()
            with pytest.raises(BrokerUnavailable, match="does not answer"):
                ask()
            assert time.monotonic() - started < 6
