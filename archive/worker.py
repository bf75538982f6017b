"""Workers and the scheduler: Celery processes around archive.services.work.

A message carries a job's id and no more; the row decides what happens. The main process of a worker touches
no database: it only starts children, and tells another child when one of them died in the middle of a job.
"""

from __future__ import annotations

import contextlib
import logging
import mmap
import os
import signal
import socket
import threading
import warnings
from typing import Any

import billiard.pool
from billiard.exceptions import WorkerLostError
from celery import Celery, Task, signals
from celery.platforms import SecurityWarning
from celery.schedules import crontab
from celery.worker.request import Request

from archive.adapters.jobs.celery_jobs import WORK, make_celery
from archive.bootstrap import Settings, open_archive, read_settings
from archive.services import leases, watching, work
from archive.services.archive import Archive

LOST = "dangan.worker_died"
RESEND = "dangan.resend"
DAILY = "dangan.daily"
HOURLY = "dangan.hourly"
WATCH = "dangan.watch"

BEAT_SECONDS = 5
RESEND_SECONDS = 10
WATCH_SECONDS = 5
STOP_SECONDS = 15
"""How long a worker that is asked to stop waits for its jobs; then they go back."""

log = logging.getLogger(__name__)


class JobRequest(Request):  # type: ignore[misc]
    """A message in the hands of the main process. It notices when the child that works on it is gone."""

    def on_failure(self, exc_info: Any, send_failed_event: bool = True, return_ok: bool = False) -> None:
        super().on_failure(exc_info, send_failed_event, return_ok)
        error = getattr(exc_info.exception, "exc", exc_info.exception)  # billiard wraps it for its traceback
        if isinstance(error, WorkerLostError) and self.worker_pid and self.args:
            worker = f"{_node()}/{self.worker_pid}"
            log.warning("worker %s died while it did job %s", worker, self.args[0])
            with contextlib.suppress(Exception):  # else its lease runs out
                self.task.app.send_task(LOST, (self.args[0], worker), retry=False)


class JobTask(Task):  # type: ignore[misc]
    abstract = True
    Request = JobRequest


class _Child:
    """The one archive of a worker process, opened in it, never before the fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid = 0
        self._archive: Archive | None = None

    def archive(self) -> Archive:
        with self._lock:
            if self._archive is None or self._pid != os.getpid():
                self._archive, self._pid = open_archive(), os.getpid()
            return self._archive


_child = _Child()
_main = os.getpid()
_signs: _SignsOfLife | None = None
_cut_short = threading.Event()
_stopping = mmap.mmap(-1, 1)
"""Memory that a main process shares with its children: not zero when no other job shall begin. (A lock could
stay held by a child that is killed.)"""


def _node() -> str:
    """What the names of all workers of this main process begin with."""
    return f"{socket.gethostname()}/{_main}"


def _name() -> str:
    return f"{_node()}/{os.getpid()}"


def make_app(settings: Settings) -> Celery:
    """The Celery application with its tasks and the scheduler's timetable."""
    app = make_celery(settings.broker_url, settings.home)
    app.conf.timezone = settings.timezone
    app.conf.beat_schedule = {
        # An answer that comes late is asked for anew: stale rounds are thrown away unread.
        RESEND: {
            "task": RESEND,
            "schedule": RESEND_SECONDS,
            "options": {"expires": 3 * RESEND_SECONDS},
        },
        DAILY: {"task": DAILY, "schedule": crontab(hour=0, minute=5), "options": {"expires": 20 * 3600}},
        HOURLY: {"task": HOURLY, "schedule": crontab(minute=0), "options": {"expires": 3000}},
    }
    if settings.watch is not None:
        app.conf.beat_schedule[WATCH] = {
            "task": WATCH,
            "schedule": WATCH_SECONDS,
            "options": {"expires": WATCH_SECONDS},
        }
    app.task(_watch, name=WATCH)
    app.task(_work, name=WORK, base=JobTask)
    app.task(_worker_died, name=LOST)
    app.task(_resend, name=RESEND)
    app.task(_daily, name=DAILY)
    app.task(_hourly, name=HOURLY)
    return app


def _work(job_id: str) -> None:
    if _stopping[0]:  # the row waits for the next worker
        return
    archive = _child.archive()
    for first in (*work.overtaking(archive), job_id):
        work.run_job(archive, first, _name())


def _worker_died(job_id: str, worker: str) -> None:
    archive = _child.archive()
    if leases.worker_died(archive, job_id, worker):
        work.send(archive, [job_id])


def _resend() -> None:
    work.resend_waiting(_child.archive())


def _daily() -> None:
    work.enqueue_daily(_child.archive())


def _hourly() -> None:
    work.enqueue_hourly(_child.archive())


def _watch() -> None:
    watching.look(_child.archive())


class _SignsOfLife:
    """A thread of each child that says every few seconds that the child is there."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="signs of life", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                leases.beat(_child.archive(), _name())
            except Exception as error:  # a database that is away comes back; the next sign says so
                log.warning("no sign of life could be written: %s", error)
            if self._over.wait(BEAT_SECONDS):
                return

    def stop(self) -> None:
        """Say goodbye, so that nobody waits for this child."""
        self._over.set()
        self._thread.join(BEAT_SECONDS)
        with contextlib.suppress(Exception):
            leases.goodbye(_child.archive(), _name())


@signals.worker_process_init.connect  # type: ignore[untyped-decorator]
def _child_started(**_: Any) -> None:
    global _signs
    _signs = _SignsOfLife()
    _signs.start()


@signals.worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _child_ends(**_: Any) -> None:
    if _signs is not None:
        _signs.stop()


def run_worker(concurrency: int) -> None:
    """Work until SIGTERM or SIGINT. Then begin nothing new; what is not over after STOP_SECONDS goes back."""
    global _main
    _main = os.getpid()
    # Celery warns of pickled messages under root; ours are JSON alone.
    warnings.simplefilter("ignore", SecurityWarning)
    settings = read_settings()
    app = make_app(settings)
    # A child that ends waits up to 30 s until its results were read. We read none: rows say what was done.
    billiard.pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = 5
    signals.worker_shutting_down.connect(_hurry)
    worker = app.Worker(
        concurrency=concurrency,
        pool="prefork",
        optimization="fair",
        hostname=f"{os.getpid()}@{socket.gethostname()}",
        loglevel=os.environ.get("DANGAN_LOG", "warning").upper(),
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    )
    worker.start()
    if _cut_short.is_set():
        leases.give_back(open_archive(settings), _node() + "/")


def _hurry(how: str, **_: Any) -> None:
    """After the first request to stop, insist when jobs take too long."""
    _stopping[0] = 1
    if how != "Warm":
        _cut_short.set()
        return
    timer = threading.Timer(STOP_SECONDS, os.kill, (os.getpid(), signal.SIGQUIT))
    timer.daemon = True
    timer.start()


def run_scheduler() -> None:
    """Send the timetable's messages until SIGTERM or SIGINT; when the last ones went is kept under the
    home."""
    settings = read_settings()
    app = make_app(settings)
    folder = settings.home / "scheduler"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    app.Beat(
        schedule=str(folder / "timetable"),
        loglevel=os.environ.get("DANGAN_LOG", "warning").upper(),
        max_interval=RESEND_SECONDS,
        quiet=True,
    ).run()
