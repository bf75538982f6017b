"""Jobs as rows: claimed by one worker, renewed while it works, done once (design 4)."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from archive.domain.jobs import LEASE, MAX_ATTEMPTS, Job, JobState, WorkerBeat
from archive.domain.people import SYSTEM
from archive.domain.records import Intake
from archive.ports.jobs import BrokerUnavailable
from archive.ports.scanner import ScannerUnavailable
from archive.ports.search import IndexUnavailable
from archive.ports.store import StoreUnavailable
from archive.ports.unit_of_work import AtLeast, AtMost, DatabaseUnavailable, UnitOfWork
from archive.services import (
    alike,
    auditing,
    desk_leases,
    dividing,
    filing,
    indexing,
    keeping,
    paper,
    rule_changes,
    uploads,
)
from archive.services.archive import Archive
from archive.services.common import new_id
from archive.services.completeness import follow
from archive.services.documents import issue
from archive.services.estate_jobs import KIND as ESTATE_IMPORT
from archive.services.estate_jobs import run as take_over_register

log = logging.getLogger(__name__)

ALIVE = timedelta(seconds=15)
"""A worker whose last sign of life is older is not there."""

INDEX_PATIENCE = timedelta(seconds=2)
"""How long indexing waits for its turn behind other work before it goes first."""

TOGETHER = 16
"""How many small files one worker reads before it writes them, and"""
TOGETHER_SECONDS = 0.5
"""for how long it goes on taking more: nothing that was read waits longer than that to be filed."""

OVER = (JobState.DONE, JobState.FAILED, JobState.QUARANTINED)

ENGINE_AWAY = (ScannerUnavailable, StoreUnavailable, IndexUnavailable, DatabaseUnavailable)
"""The job is not at fault: it waits and does not count as an attempt."""


def _index(archive: Archive, job: Job) -> None:
    follow(archive)
    indexing.drain(archive)


def _sweep(archive: Archive, job: Job) -> None:
    follow(archive)
    keeping.sweep(archive, SYSTEM, on=date.fromisoformat(str(job.payload["on"])))


def _rebuild_index(archive: Archive, job: Job) -> None:
    indexing.rebuild_index(archive)


def _checkpoint(archive: Archive, job: Job) -> None:
    auditing.hourly_checkpoint(archive, SYSTEM)


def _count_effect(archive: Archive, job: Job) -> None:
    rule_changes.count_effect(archive, str(job.payload["schedule"]))


def _refresh_due(archive: Archive, job: Job) -> None:
    rule_changes.refresh_due_days(archive, str(job.payload["schedule"]))


def _alike(archive: Archive, job: Job) -> None:
    alike.drain(archive)


def _takeover(archive: Archive, job: Job) -> None:
    from archive.services import takeovers  # here, for only this job needs it

    takeovers.run(archive, str(job.payload["takeover"]))


def _join_upload(archive: Archive, job: Job) -> None:
    uploads.join(archive, str(job.payload["upload"]))


def _sweep_uploads(archive: Archive, job: Job) -> None:
    uploads.sweep(archive)


def _documents(archive: Archive, job: Job) -> None:
    issue.come_into_force(archive)


def _loans(archive: Archive, job: Job) -> None:
    paper.remind(archive)


class NotYet(Exception):
    """What the job needs is not there yet; it waits and does not count as an attempt."""


def _finish_demo(archive: Archive, job: Job) -> None:
    from archive.services import demo  # here, for it brings Word and Excel, which no other job needs

    if not demo.finish(archive):
        raise NotYet("the sample papers are still being read")


def _divide(archive: Archive, job: Job) -> None:
    dividing.run(archive, str(job.payload["division"]))


def _tidy_desk(archive: Archive, job: Job) -> None:
    dividing.tidy(archive)
    desk_leases.tidy(archive)


HANDLERS: dict[str, Callable[[Archive, Job], None]] = {
    ESTATE_IMPORT: take_over_register,
    "index": _index,
    "sweep": _sweep,
    "rebuild_index": _rebuild_index,
    "finish_demo": _finish_demo,
    "checkpoint": _checkpoint,
    "divide": _divide,
    "tidy_desk": _tidy_desk,
    "count_effect": _count_effect,
    "refresh_due": _refresh_due,
    "alike": _alike,
    "takeover": _takeover,
    "join_upload": _join_upload,
    "sweep_uploads": _sweep_uploads,
    "documents": _documents,
    "loans": _loans,
}


def run_job(archive: Archive, job_id: str, worker: str) -> JobState | None:
    """Do one job, if it is ours to do; a second message about the same job does nothing.

    Returns the state it is left in, or None when someone else has it or it is done.
    """
    with archive.uow() as uow:
        row = uow.get(Job, job_id)
    if row is None:
        return None
    if row.state in OVER:
        _help_out(archive, worker)
        return None
    with archive.uow(write=True) as uow:
        job = uow.claim_job(job_id, worker, archive.clock.now())
        uow.commit()
    if job is None:
        _note_quarantine(archive, job_id)
        return None
    return _run_reads(archive, job, worker) if job.kind == "read" else _run_one(archive, job)


def _help_out(archive: Archive, worker: str) -> None:
    """Use a message whose job another one took along: small files may wait whose own messages come much later."""
    job = _claim_next_read(archive, worker)
    if job is not None:
        _run_reads(archive, job, worker)


def _run_one(archive: Archive, job: Job) -> JobState:
    try:
        with _lease(archive, [job]):
            HANDLERS[job.kind](archive, job)
    except Exception as error:
        return _failed(archive, job, error)
    return _end(archive, job, JobState.DONE, "")


def _failed(archive: Archive, job: Job, error: Exception) -> JobState:
    """Leave a job that raised in its next state: an engine that was away is not its fault."""
    if isinstance(error, (*ENGINE_AWAY, NotYet)):
        log.warning("job %s (%s) waits: %s", job.id, job.kind, error)
        return _end(archive, job, JobState.WAITING, str(error), attempts=job.attempts - 1)
    log.error("job %s (%s) failed", job.id, job.kind, exc_info=error)
    spent = job.attempts >= MAX_ATTEMPTS
    return _end(archive, job, JobState.FAILED if spent else JobState.WAITING, repr(error)[:500])


def _run_reads(archive: Archive, first: Job, worker: str) -> JobState:
    """Read a file, and for a moment whatever small files wait beside it; then write all of them together.

    A file that was tried before is read alone, so that it takes no other down with it.
    """
    held, ready = [first], dict[str, filing.Outcome | None]()
    state = JobState.DONE
    with _lease(archive, held):
        until = time.monotonic() + TOGETHER_SECONDS
        job: Job | None = first
        while job is not None:
            try:
                ready[job.id] = filing.read_intake(archive, str(job.payload["intake"]))
            except Exception as error:
                ended = _failed(archive, job, error)
                state = ended if job is first else state
            more = _sociable(first) and len(held) < TOGETHER and time.monotonic() < until
            job = _claim_next_read(archive, worker) if more else None
            held += [job] if job else []
        mine = [j for j in held if j.id in ready]
        try:
            outcomes = [outcome for outcome in ready.values() if outcome is not None]
            filing.write_outcomes(archive, outcomes, lambda uow: _finish_all(archive, uow, mine))
        except Exception as error:
            for one in mine:
                _failed(archive, one, error)
            return _failed(archive, first, error)
    return state


def _sociable(job: Job) -> bool:
    return bool(job.payload.get("small")) and job.attempts <= 1


def _claim_next_read(archive: Archive, worker: str) -> Job | None:
    """Another small file that nobody has tried yet."""
    now = archive.clock.now()
    with archive.uow() as uow:
        waiting = uow.list(
            Job,
            kind="read",
            state=JobState.WAITING,
            attempts=0,
            run_after=AtMost(now),
            order=("id",),
            limit=8,
        )
    for job in waiting:
        if not job.payload.get("small"):
            continue
        with archive.uow(write=True) as uow:
            claimed = uow.claim_job(job.id, worker, now)
            uow.commit()
        if claimed is not None:
            return claimed
    return None


def _finish_all(archive: Archive, uow: UnitOfWork, jobs: Sequence[Job]) -> None:
    """Mark jobs done in the transaction that holds their results."""
    now = archive.clock.now()
    for job in jobs:
        mine = uow.get(Job, job.id)
        if mine is not None and mine.worker == job.worker and mine.state is JobState.RUNNING:
            uow.put(replace(mine, state=JobState.DONE, error="", lease_until=None, finished_at=now))


@contextmanager
def _lease(archive: Archive, jobs: Sequence[Job]) -> Iterator[None]:
    """Keep the jobs ours while they take longer than a lease; `jobs` may grow meanwhile."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(LEASE.total_seconds() / 4):
            until = archive.clock.now() + LEASE
            with archive.uow(write=True) as uow:
                for job in tuple(jobs):
                    mine = uow.get(Job, job.id)
                    if mine is not None and mine.worker == job.worker and mine.state is JobState.RUNNING:
                        uow.put(replace(mine, lease_until=until))
                uow.commit()

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(5)


def _end(archive: Archive, job: Job, state: JobState, error: str, *, attempts: int | None = None) -> JobState:
    """Leave the job in its next state. A job that waits again does so longer each time."""
    now = archive.clock.now()
    tries = job.attempts if attempts is None else attempts
    with archive.uow(write=True) as uow:
        mine = uow.get(Job, job.id)
        if mine is None or mine.worker != job.worker or mine.state is not JobState.RUNNING:
            return state
        waiting = state is JobState.WAITING
        uow.put(
            replace(
                mine,
                state=state,
                attempts=tries,
                error=error,
                lease_until=None,
                run_after=now + timedelta(seconds=5 * 4**tries) if waiting else mine.run_after,
                finished_at=None if waiting else now,
            )
        )
        if state is JobState.FAILED:
            _fail_intake(uow.get(Intake, str(mine.payload.get("intake", ""))), uow.put, error)
        if (
            job.kind == "index"
            and state is JobState.DONE
            and indexing.newest_change(uow) > indexing.position(uow)
        ):
            indexing.wake_index(archive, uow)
        uow.commit()
    return state


def _fail_intake(item: Intake | None, put: Callable[[Intake], None], error: str) -> None:
    """A file whose reading failed for good says so; its bytes stay received."""
    if item is None or item.state not in ("waiting", "reading"):
        return
    message = "读取这个文件时多次出错，原件已保留。请管理员在健康页查看，或重新上传。"
    put(
        replace(
            item, state="failed", problems=({"code": "reading_failed", "message": message, "details": {}},)
        )
    )


def _note_quarantine(archive: Archive, job_id: str) -> None:
    with archive.uow(write=True) as uow:
        job = uow.get(Job, job_id)
        if job is None or job.state is not JobState.QUARANTINED:
            return
        item = uow.get(Intake, str(job.payload.get("intake", "")))
        if item is not None and item.state in ("waiting", "reading"):
            _fail_intake(item, uow.put, job.error)
            uow.commit()


def resend_waiting(archive: Archive, limit: int = 1000) -> int:
    """Send again what waits and what a lost worker left behind; returns how many."""
    uploads.go_on(archive)
    now = archive.clock.now()
    with archive.uow() as uow:
        waiting = uow.list(Job, state=JobState.WAITING, run_after=AtMost(now), order=("id",), limit=limit)
        lapsed = uow.list(Job, state=JobState.RUNNING, lease_until=AtMost(now), limit=limit)
    send(archive, [j.id for j in (*lapsed, *waiting)])
    return len(waiting) + len(lapsed)


def overtaking(archive: Archive) -> list[str]:
    """Jobs that go before their turn: what was filed becomes findable also while a long queue of files is read.

    Only after a moment, so that the index is written in batches.
    """
    now = archive.clock.now()
    asked: dict[str, Any] = {"created_at": AtMost(now - INDEX_PATIENCE), "run_after": AtMost(now)}
    with archive.uow() as uow:
        due = uow.list(Job, kind="index", state=JobState.WAITING, limit=1, **asked)
    return [job.id for job in due]


def send(archive: Archive, job_ids: Sequence[str]) -> None:
    if not job_ids:
        return
    try:
        archive.jobs.send(job_ids)
    except BrokerUnavailable as error:
        log.warning("the broker is away, %d jobs wait: %s", len(job_ids), error)


def enqueue_daily(archive: Archive) -> None:
    """What is done once a day: the retention sweep, the desk's tidying, forgetting uploads that nobody goes on with,
    revisions whose day has come, loans that are due. Asking twice for a day makes one job of each."""
    today = archive.clock.today()
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        payload = {"on": today.isoformat()}
        for kind in ("sweep", "tidy_desk", "sweep_uploads", "documents", "loans"):
            uow.enqueue(Job(new_id(), kind, payload, JobState.WAITING, now, now, key=f"{kind}:{today}"))
        uow.commit()


def enqueue_hourly(archive: Archive) -> None:
    """What is done every hour: a signed checkpoint of the audit log. Asking twice for an hour makes one job."""
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        key = f"checkpoint:{now:%Y-%m-%dT%H}"
        uow.enqueue(Job(new_id(), "checkpoint", {}, JobState.WAITING, now, now, key=key))
        uow.commit()


def finish_demo_later(archive: Archive) -> None:
    """Once the sample papers are read, record what happened since to some of them."""
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        uow.enqueue(Job(new_id(), "finish_demo", {}, JobState.WAITING, now, now, key="demo"))
        uow.commit()


def workers_alive(archive: Archive) -> int:
    with archive.uow() as uow:
        return uow.count(WorkerBeat, at=AtLeast(archive.clock.now() - ALIVE))


def unfinished(archive: Archive) -> int:
    """Jobs that wait or run, whether due or not."""
    with archive.uow() as uow:
        return uow.count(Job, state=(JobState.WAITING, JobState.RUNNING))


def work_here(archive: Archive, worker: str) -> bool:
    """Do one waiting job in this process; False when there is none due."""
    now = archive.clock.now()
    with archive.uow() as uow:
        due = uow.list(Job, state=JobState.WAITING, run_after=AtMost(now), order=("created_at",), limit=1)
        due = due or uow.list(Job, state=JobState.RUNNING, lease_until=AtMost(now), limit=1)
    if not due:
        return False
    run_job(archive, due[0].id, worker)
    return True
