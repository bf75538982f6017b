"""Jobs: wakes workers. The rows are the truth (archive.domain.jobs); a message only says that one waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class BrokerUnavailable(Exception):
    """The broker does not answer; the rows wait and the scheduler sends again."""


class Jobs(Protocol):
    """Contract (tests/contracts/jobs.py): every id that was sent reaches a running worker at least once, also
    when it was sent before the worker started."""

    def send(self, job_ids: Sequence[str]) -> None:
        """Tell the workers that these rows wait. Raises BrokerUnavailable."""

    def ping(self) -> None:
        """Raises BrokerUnavailable with one clear sentence."""
