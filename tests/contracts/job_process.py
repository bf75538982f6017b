"""`python -m tests.contracts.job_process worker|scheduler`: the real processes, with jobs that tests can
watch.

Each job writes lines `<job> <what> <pid>` to the file its payload names. A job that is to end only when the
test says so waits for the file `<file>.<job>`.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from archive import worker
from archive.domain.jobs import Job
from archive.services import work
from archive.services.archive import Archive


def _note(job: Job, what: str) -> None:
    with open(job.payload["file"], "a", encoding="utf-8") as file:
        file.write(f"{job.id} {what} {os.getpid()}\n")


def _quick(archive: Archive, job: Job) -> None:
    _note(job, "done")


def _pause(archive: Archive, job: Job) -> None:
    time.sleep(0.25)
    _note(job, "done")


def _until_told(archive: Archive, job: Job) -> None:
    _note(job, "begun")
    go = Path(f"{job.payload['file']}.{job.id}")
    while not go.exists():
        time.sleep(0.02)
    _note(job, "done")


def _deadly(archive: Archive, job: Job) -> None:
    _note(job, "begun")
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    work.HANDLERS.update({"quick": _quick, "pause": _pause, "until_told": _until_told, "deadly": _deadly})
    worker.STOP_SECONDS = 6
    worker.RESEND_SECONDS = 1
    if sys.argv[1] == "worker":
        worker.run_worker(int(sys.argv[2]))
    else:
        worker.run_scheduler()


if __name__ == "__main__":
    main()
