"""Messages in a folder: whole, in order, once; what is damaged is passed over."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue

from archive.adapters.jobs.celery_jobs import QUEUE, CeleryJobs, make_celery

Messages = Path


@pytest.fixture
def messages(tmp_path: Path) -> Messages:
    return tmp_path / "broker" / "messages"


@pytest.fixture
def jobs(tmp_path: Path) -> CeleryJobs:
    return CeleryJobs(make_celery("filesystem://", tmp_path))


@pytest.fixture
def queue(tmp_path: Path, jobs: CeleryJobs) -> Iterator[SimpleQueue]:
    connection: Connection = make_celery("filesystem://", tmp_path).connection_for_read()
    with connection, connection.SimpleQueue(QUEUE, no_ack=True) as queue:
        yield queue


def take_all(queue: SimpleQueue) -> list[str]:
    taken = []
    while True:
        try:
            taken.append(queue.get(block=False).payload[0][0])
        except queue.Empty:
            return taken


def test_messages_come_in_the_order_they_were_sent(jobs: CeleryJobs, queue: SimpleQueue) -> None:
    for number in range(20):
        jobs.send([f"job-{number}"])
    assert take_all(queue) == [f"job-{number}" for number in range(20)]


def test_nothing_is_left_behind(jobs: CeleryJobs, queue: SimpleQueue, messages: Messages) -> None:
    jobs.send(["a", "b"])
    assert take_all(queue) == ["a", "b"]
    assert [path for path in messages.parent.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"body": "'])
def test_a_damaged_message_is_passed_over(
    jobs: CeleryJobs, queue: SimpleQueue, messages: Messages, content: bytes
) -> None:
    (messages / f"000000000000000_x.{QUEUE}.msg").write_bytes(content)
    jobs.send(["a"])
    assert take_all(queue) == ["a"]
    assert not list(messages.iterdir())


def test_an_unfinished_message_is_not_seen(queue: SimpleQueue, messages: Messages) -> None:
    (messages / f"000000000000001_x.{QUEUE}.msg.new").write_bytes(b"{")
    (messages / f"000000000000001_x.other{QUEUE}.msg").write_bytes(b"{}")
    assert take_all(queue) == []


def test_of_many_takers_one_gets_a_message(tmp_path: Path, jobs: CeleryJobs) -> None:
    jobs.send([f"job-{number}" for number in range(200)])

    def taker(_: int) -> list[str]:
        connection = make_celery("filesystem://", tmp_path).connection_for_read()
        with connection, connection.SimpleQueue(QUEUE, no_ack=True) as queue:
            return take_all(queue)

    with ThreadPoolExecutor(4) as pool:
        taken = [job for part in pool.map(taker, range(4)) for job in part]
    assert sorted(taken) == sorted(f"job-{number}" for number in range(200))
