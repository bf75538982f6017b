"""Instants as text of one spelling, for what is hashed or signed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


def instant(at: datetime) -> str:
    """An aware datetime as UTC text of fixed width: 2026-11-23T14:27:11.000000Z. ValueError for a naive
    one."""
    if at.tzinfo is None:
        raise ValueError(f"an audit entry needs a time zone: {at}")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def read_instant(text: str) -> datetime:
    """The reverse of `instant`. ValueError for any other spelling."""
    if not _INSTANT.fullmatch(text):
        raise ValueError(f"not an instant of the audit log: {text!r}")
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
