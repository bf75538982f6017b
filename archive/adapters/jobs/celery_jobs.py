"""The Celery application and the Jobs port over it. Rows are the truth; a message says that one waits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery import Celery
from kombu import Exchange, Queue
from kombu.exceptions import KombuError

from archive.ports.jobs import BrokerUnavailable

QUEUE = "dangan"
WORK = "dangan.work"
"""The one task: do the job with this id."""

_TRANSPORT = "archive.adapters.jobs.folder_transport:Transport"
_POLL_SECONDS = 0.05
_CONNECT_SECONDS = 5
_VISIBILITY_SECONDS = 24 * 3600
"""Redis delivers again what was not acknowledged for so long. No reading takes a day, so nothing is delivered
twice while it runs; and what a dead machine held need not come back sooner, for its row is sent again."""

_FAIL_FAST = {"max_retries": 1, "interval_start": 0, "interval_step": 0}
"""A web request that files something must not wait for a broker that is away: the scheduler sends again."""


def make_celery(broker_url: str, home: Path) -> Celery:
    """A Celery application that opens no connection yet.

    `broker_url` is filesystem:// (messages lie in `home`/broker), redis://… or amqp://…. Messages are
    acknowledged when their job is over and fetched one at a time, so a long job holds no other back; what
    happens to a job when its worker dies is decided by its row alone.
    """
    app = Celery("dangan", set_as_current=False)
    app.conf.update(
        broker_url=broker_url,
        broker_transport_options=_transport_options(broker_url, home),
        broker_connection_timeout=_CONNECT_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # The default exchange needs no binding, so no process writes routing tables that another reads.
        task_queues=[Queue(QUEUE, Exchange(""), routing_key=QUEUE)],
        task_default_queue=QUEUE,
        task_default_exchange="",
        task_default_routing_key=QUEUE,
        task_create_missing_queues=False,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        result_backend=None,
        task_acks_late=True,
        task_reject_on_worker_lost=False,
        task_track_started=False,
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_proc_alive_timeout=120,
        worker_lost_wait=1,
        enable_utc=True,
    )
    if urlsplit(broker_url).scheme == "filesystem":
        app.conf.update(broker_transport=_TRANSPORT, broker_url="filesystem://localhost//")
    return app


def _transport_options(broker_url: str, home: Path) -> dict[str, Any]:
    scheme = urlsplit(broker_url).scheme
    if scheme == "filesystem":
        folders = {name: home / "broker" / name for name in ("messages", "taken", "control")}
        for folder in folders.values():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return {
            "data_folder_in": str(folders["messages"]),
            "data_folder_out": str(folders["messages"]),
            "processed_folder": str(folders["taken"]),
            "store_processed": True,
            "control_folder": str(folders["control"]),
            "polling_interval": _POLL_SECONDS,
        }
    if scheme in ("redis", "rediss"):
        return {
            **_FAIL_FAST,
            "visibility_timeout": _VISIBILITY_SECONDS,
            "socket_connect_timeout": _CONNECT_SECONDS,
            "socket_timeout": 4 * _CONNECT_SECONDS,
            "socket_keepalive": True,
        }
    return {**_FAIL_FAST, "confirm_publish": True}


class CeleryJobs:
    """The Jobs port (contract: archive.ports.jobs)."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def send(self, job_ids: Sequence[str]) -> None:
        try:
            with self._app.producer_or_acquire() as producer:
                for job_id in job_ids:
                    self._app.send_task(WORK, (job_id,), producer=producer, retry=False)
        except (KombuError, OSError) as error:
            raise BrokerUnavailable(_sentence(error)) from error

    def ping(self) -> None:
        try:
            with self._app.connection_for_write() as connection:
                connection.ensure_connection(max_retries=1, interval_start=0, timeout=_CONNECT_SECONDS)
                connection.default_channel.queue_declare(QUEUE, durable=True)
        except (KombuError, OSError) as error:
            raise BrokerUnavailable(_sentence(error)) from error


def _sentence(error: Exception) -> str:
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return f"the broker does not answer: {first}"
