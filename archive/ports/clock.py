"""Clock: the only place where time comes from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Now, aware, in UTC."""

    def today(self) -> date:
        """Today in the house's time zone."""
