"""What a worker leaves behind when it goes: signs of life, and jobs that somebody else should take at
once."""

from __future__ import annotations

from dataclasses import replace

from archive.domain.jobs import Job, JobState, WorkerBeat
from archive.ports.unit_of_work import AtMost, StartsWith
from archive.services.archive import Archive
from archive.services.work import ALIVE


def beat(archive: Archive, worker: str) -> None:
    """Say that this worker is there, and forget those that have long been silent."""
    now = archive.clock.now()
    here = WorkerBeat(worker, now)
    with archive.uow(write=True) as uow:
        if uow.get(WorkerBeat, worker):
            uow.put(here)
        else:
            uow.add(here)
        for silent in uow.list(WorkerBeat, at=AtMost(now - 4 * ALIVE)):
            uow.remove(WorkerBeat, silent.id)
        uow.commit()


def goodbye(archive: Archive, worker: str) -> None:
    """Take back the sign of life of a worker that ends."""
    with archive.uow(write=True) as uow:
        uow.remove(WorkerBeat, worker)
        uow.commit()


def worker_died(archive: Archive, job_id: str, worker: str) -> bool:
    """End the lease of a job whose worker is known to be dead, so that it need not run out first.

    The attempt stays counted: a job that kills its workers is quarantined. False when the job is no longer
    this worker's.
    """
    with archive.uow(write=True) as uow:
        job = uow.get(Job, job_id)
        uow.remove(WorkerBeat, worker)
        lost = job is not None and job.state is JobState.RUNNING and job.worker == worker
        if job is not None and lost:
            uow.put(replace(job, lease_until=archive.clock.now()))
        uow.commit()
    return lost


def give_back(archive: Archive, workers: str) -> int:
    """Let the jobs of workers that were stopped in the middle wait again, as if not begun; returns how many.

    `workers` is what the names of these workers begin with; none of them runs any more.
    """
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        begun = uow.list(Job, state=JobState.RUNNING, worker=StartsWith(workers))
        for job in begun:
            again = replace(job, state=JobState.WAITING, lease_until=None, run_after=now)
            uow.put(replace(again, attempts=max(0, job.attempts - 1), worker=""))
        for gone in uow.list(WorkerBeat, id=StartsWith(workers)):
            uow.remove(WorkerBeat, gone.id)
        uow.commit()
    return len(begun)
