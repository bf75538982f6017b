"""Rules of a controlled document's life: which revision comes next, who may take a step, when one takes effect.

The steps themselves are data (schemas/workflows/controlled_document.yaml); these functions know neither database nor
clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from archive.domain.documents import ChangeNotice
from schemas.model import Pack, Transition
from schemas.revisions import Revision as RevisionCode
from schemas.revisions import parse_revision

LOCK = timedelta(hours=8)
"""How long a check-out keeps others away unless the draft is checked in before: a working day."""

UNDER_WAY = ("draft", "in_review", "reviewed", "approved")
"""States in which a change notice carries a revision that is not yet there; a document has one such at a time."""

OPEN = ("proposed", *UNDER_WAY)

WORKFLOWS = ("change_notice", "controlled_document")

ACTIONS: Mapping[str, str] = {
    "notice": "document.review",
    "refuse": "document.review",
    "drop": "document.edit",
    "check_out": "document.edit",
    "check_in": "document.edit",
    "submit": "document.edit",
    "review": "document.review",
    "send_back": "document.review",
    "approve": "document.approve",
    "release": "document.edit",
    "withdraw": "document.approve",
}
"""Step of a workflow → the action that a role needs for it."""

MEANINGS: Mapping[str, str] = {
    "submit": "prepared",
    "review": "reviewed",
    "approve": "approved",
    "withdraw": "withdrawn",
}
"""Step → what a signature under it means."""


class RevisingError(ValueError):
    """A rule of the life was broken; `code` says which."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.hint = code, hint


def step(pack: Pack, state: str, action: str) -> Transition:
    """The step that `action` takes from `state`. Raises RevisingError where the workflows know none."""
    for code in WORKFLOWS:
        found = pack.workflows[code].step(state, action)
        if found is not None:
            return found
    raise RevisingError("wrong_step", "现在不能做这一步，可能已由他人办理。", "请刷新页面看现在到了哪一步。")


def earlier(notice: ChangeNotice) -> dict[str, frozenset[str]]:
    """Who did what before, by the names that steps use in `not_same_as`."""
    return {
        "proposer": frozenset({notice.proposed_by}),
        "author": frozenset(notice.authors),
        "reviewer": frozenset({notice.reviewed_by} if notice.reviewed_by else ()),
        "approver": frozenset({notice.approved_by} if notice.approved_by else ()),
    }


def next_revision(base: str | None, *, major: bool) -> str:
    """A/0 for a new document; else the next change of the edition, or the first of the next edition."""
    if base is None:
        return RevisionCode(0, 0).text
    try:
        now = parse_revision(base)
    except ValueError as error:
        raise RevisingError(
            "revision_unknown", f"现行版次「{base}」不是 A/0 这样的版次，无法接着编号。", "请先补齐现行版。"
        ) from error
    return (now.next_major() if major else now.next_minor()).text


def locked_by_other(notice: ChangeNotice, person: str, now: datetime) -> bool:
    """Whether somebody else's check-out is in force."""
    held = notice.lock_by is not None and notice.lock_until is not None and notice.lock_until > now
    return held and notice.lock_by != person


def locked(notice: ChangeNotice, person: str, now: datetime) -> ChangeNotice:
    """Checked out by `person` for LOCK from now."""
    return replace(notice, lock_by=person, lock_until=now + LOCK)


def check_effective(effective: date, today: date, reason: str) -> None:
    """A revision takes effect today or later; one that took effect before it was issued needs an explanation."""
    if effective < today and not reason.strip():
        raise RevisingError(
            "effective_past",
            f"实施日期 {effective.isoformat()} 已经过去。",
            "请改为今天或以后；确需倒签的，请写明理由。",
        )
    if effective > today + timedelta(days=366):
        raise RevisingError("effective_far", "实施日期在一年以后，请核对年份。", "例如 2026-03-06。")


def sent_back(notice: ChangeNotice) -> ChangeNotice:
    """Back to its author: what was signed so far was signed for a draft that will not be issued."""
    return replace(notice, state="draft", reviewed_by=None, approved_by=None, accepted="", effective=None)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, the month's last where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
