"""What the scheduler sends, and when: also after a night in which the machine was off."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from celery import Celery

from archive import worker
from archive.adapters.jobs.celery_jobs import WORK
from archive.bootstrap import read_settings

BEIJING = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def app(tmp_path: Path) -> Celery:
    return worker.make_app(read_settings({"DANGAN_HOME": str(tmp_path)}))


def entry(app: Celery, name: str, now: datetime) -> Any:
    schedule = app.conf.beat_schedule[name]["schedule"]
    schedule.nowfun = lambda: now
    schedule.app = app
    return schedule


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        ("2026-03-05 00:05:01", "2026-03-05 23:59:00", False),
        ("2026-03-05 00:05:01", "2026-03-06 00:04:00", False),
        ("2026-03-05 00:05:01", "2026-03-06 00:05:00", True),
        ("2026-03-05 00:05:01", "2026-03-06 08:30:00", True),
        ("2026-03-05 17:00:00", "2026-03-09 08:30:00", True),
        ("2026-03-06 08:30:01", "2026-03-06 18:00:00", False),
    ],
)
def test_the_daily_sweep_runs_after_midnight_of_the_house(
    app: Celery, last: str, now: str, due: bool
) -> None:
    before, today = (datetime.fromisoformat(text).replace(tzinfo=BEIJING) for text in (last, now))
    assert entry(app, worker.DAILY, today).is_due(before).is_due is due


def test_waiting_jobs_are_sent_again_every_ten_seconds_but_stale_rounds_are_dropped(app: Celery) -> None:
    resend = app.conf.beat_schedule[worker.RESEND]
    assert resend["schedule"] == 10
    assert resend["options"]["expires"] == 30


def test_every_entry_names_a_task_of_ours(app: Celery) -> None:
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert ours == {WORK, worker.LOST, worker.RESEND, worker.DAILY, worker.HOURLY, worker.WATCH}
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= ours


def test_messages_are_json_and_nothing_else_is_read(app: Celery) -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"
    assert app.conf.result_backend is None
