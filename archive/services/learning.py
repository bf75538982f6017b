"""Corrections at the desk become small rules; reading uses them once two agree, and anyone at the desk can stop one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from archive.domain.audit_model import Event
from archive.domain.estate import House
from archive.domain.learning import LearnedRule, Lesson, lessons, rule_id
from archive.domain.people import Actor, Person
from archive.domain.records import Record
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must
from schemas.learned import Learned

MOST = 2000
"""Rules that reading is given; an archive that corrects more than this needs a pack of its own."""


def learn(
    archive: Archive,
    uow: UnitOfWork,
    actor: Actor,
    before: Record,
    after: Record,
    facts: Mapping[str, Any],
    text: str,
) -> None:
    """Note what an acceptance teaches, inside its transaction."""
    for lesson in lessons(before, after, facts, text, archive.pack):
        _note(archive, uow, actor, lesson, after.id)


def _note(archive: Archive, uow: UnitOfWork, actor: Actor, lesson: Lesson, record: str) -> None:
    now = archive.clock.now()
    rule = uow.get(LearnedRule, rule_id(lesson))
    fresh = LearnedRule(
        rule_id(lesson), lesson.kind, lesson.scope, lesson.key, lesson.value, (record,), now, actor.id
    )
    if rule is None:
        uow.add(fresh)
    elif rule.value != lesson.value or rule.undone_at is not None:
        uow.put(fresh)  # people disagree, or it was stopped: it begins anew as a suggestion
    elif record not in rule.records:
        uow.put(replace(rule, records=(*rule.records, record)[-50:]))
    else:
        return
    uow.audit(Event.LEARNED, actor=actor.id, subject=fresh.id, at=now, kind=lesson.kind, record=record)


def unlearn(uow: UnitOfWork, record: str) -> None:
    """An acceptance was taken back: what it taught no longer counts."""
    for rule in uow.list(LearnedRule, limit=MOST):
        if record in rule.records:
            uow.put(replace(rule, records=tuple(r for r in rule.records if r != record)))


def learned(uow: UnitOfWork) -> Learned:
    """What reading goes by now."""
    used = [r for r in uow.list(LearnedRule, undone_at=None, order=("id",), limit=MOST) if r.used]
    titles = tuple((r.key, r.value) for r in used if r.kind == "title")
    return Learned(titles, tuple((r.scope, r.value, r.key) for r in used if r.kind == "label"))


def suggestion(uow: UnitOfWork, kind: str, key: str, scope: str = "") -> LearnedRule | None:
    """A rule about this title, label or spelling that may be shown to a person."""
    found = uow.get(LearnedRule, rule_id(Lesson(kind, scope, key, ""))) if key else None
    return found if found is not None and found.suggested else None


def suggested_house(uow: UnitOfWork, written: str) -> House | None:
    """The house that people gave when a form was spelled so. To show, never to file by."""
    rule = suggestion(uow, "house", written.strip())
    return uow.get(House, rule.value) if rule else None


@dataclass(frozen=True, slots=True)
class LearnedView:
    """A rule with the names that belong to it."""

    rule: LearnedRule
    by: str
    undone_by: str
    house: House | None


def rules(archive: Archive, actor: Actor, *, limit: int = 200) -> list[LearnedView]:
    """Everything learned, newest first."""
    allow(archive, actor, "record.file")
    with archive.uow() as uow:
        found = uow.list(LearnedRule, order=("-learned_at", "id"), limit=limit)
        ids = tuple({p for r in found for p in (r.learned_by, r.undone_by) if p})
        names = {p.id: p.display_name for p in uow.list(Person, id=ids)} if ids else {}
        keys = tuple(r.value for r in found if r.kind == "house")
        houses = {h.id: h for h in uow.list(House, id=keys)} if keys else {}
    return [
        LearnedView(r, names.get(r.learned_by, r.learned_by), names.get(r.undone_by, ""), houses.get(r.value))
        for r in found
    ]


def undo_rule(archive: Archive, actor: Actor, rule: str) -> None:
    """Stop the use of a rule at once. It stays on the list as stopped; later corrections begin anew."""
    allow(archive, actor, "record.file")
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        found = must(uow.get(LearnedRule, rule), "这条规则")
        if found.undone_at is not None:
            return
        uow.put(replace(found, undone_at=now, undone_by=actor.id))
        uow.audit(Event.LEARNED_UNDONE, actor=actor.id, subject=rule, at=now, kind=found.kind)
        uow.commit()
