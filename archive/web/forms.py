"""Reading what people type into forms."""

from __future__ import annotations

from datetime import date

from archive.services.errors import BadInput


def maybe_day(written: str) -> date | None:
    """A day as date inputs send it; None when empty. Raises BadInput."""
    if not written.strip():
        return None
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        raise BadInput(f"「{written[:40]}」不是日期。", code="bad_date", hint="例如 2026-03-06。") from None


def day(written: str) -> date:
    """A day that must be given. Raises BadInput."""
    found = maybe_day(written)
    if found is None:
        raise BadInput("请填写日期。", code="bad_date", hint="例如 2026-03-06。")
    return found
