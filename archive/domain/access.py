"""The one place that decides on rights (design 6). Every door asks `authorize`; without an answer it stays shut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from archive.domain.access_model import AccessRequest, Grant
from archive.domain.paper import Loan
from archive.domain.people import OPERATOR, SYSTEM, Actor
from archive.domain.records import Record, RecordState
from schemas.model import AccessClass, Pack, Transition

OPERATOR_MAY_NOT = frozenset(
    {"access.decide", "access.request", "record.download", "document.review", "document.approve"}
)
"""What needs a person with a name: a grant or a signature that is nobody's would prove nothing."""


CONTENT = frozenset({"record.open", "record.download", "record.copy", "record.file"})
"""Doors to what a record says."""
DEPUTED = frozenset({"access.decide", "access.see_all"})
"""What a deputy may do by an absent approver's roles; nothing else goes over."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes, and under which grant where one was needed."""

    grant: Grant | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """No. `reason` is one of: not_your_role, needs_grant, needs_copy_grant, never, own_request, not_approver,
    same_person, destroyed, not_to_verify, unknown."""

    reason: str


Answer = Allowed | Refusal


def may(actor: Actor, action: str, pack: Pack) -> bool:
    """Whether any role of `actor` includes `action`; for menus and doors without an object."""
    if actor == SYSTEM:
        return True
    if actor == OPERATOR:
        return action not in OPERATOR_MAY_NOT
    if actor.scope is not None and action not in actor.scope:
        return False
    roles = (*actor.roles, *actor.deputy_roles) if action in DEPUTED else actor.roles
    return any(action in pack.roles[role].actions for role in roles if role in pack.roles)


def authorize(
    actor: Actor,
    action: str,
    pack: Pack,
    *,
    record: Record | None = None,
    request: AccessRequest | Loan | None = None,
    grants: Iterable[Grant] = (),
    now: datetime | None = None,
    step: Transition | None = None,
    earlier: Mapping[str, frozenset[str]] | None = None,
) -> Answer:
    """Decide whether `actor` may do `action`, on `record` or `request` where it is about one.

    `request` asks to read or for a loan. `grants` are the actor's own; `now` (UTC) is needed where a grant may count.
    `step` is the step of a workflow that the action takes, `earlier` who acted in it before (such as author → person
    ids). Deny by default.
    """
    if not may(actor, action, pack):
        return Refusal("not_your_role")
    if step is not None:
        answer = _on_step(actor, action, step, earlier or {})
        if request is None or isinstance(answer, Refusal):
            return answer
    if request is not None:
        return _on_request(actor, action, pack, request)
    if record is not None:
        return _on_record(actor, action, pack, record, grants, now)
    return Allowed()


def _on_step(actor: Actor, action: str, step: Transition, earlier: Mapping[str, frozenset[str]]) -> Answer:
    roles = (*actor.roles, *actor.deputy_roles) if action in DEPUTED else actor.roles
    if actor != OPERATOR and not any(role in step.roles for role in roles):
        return Refusal("not_your_role")
    if any(actor.id in earlier.get(who, frozenset()) for who in step.not_same_as):
        return Refusal("same_person")
    return Allowed()


def _on_request(actor: Actor, action: str, pack: Pack, request: AccessRequest | Loan) -> Answer:
    if action != "access.decide":
        return Allowed()
    if request.requester == actor.id:
        return Refusal("own_request")
    policy = pack.access_classes.get(request.access_class)
    if policy and not {*actor.roles, *actor.deputy_roles} & set(policy.approver_roles):
        return Refusal("not_approver")
    return Allowed()


def _on_record(
    actor: Actor, action: str, pack: Pack, record: Record, grants: Iterable[Grant], now: datetime | None
) -> Answer:
    access_class = pack.access_classes[record.access_class]
    if action == "record.know":
        return Allowed() if knowable(actor, access_class) else Refusal("unknown")
    if record.state is RecordState.DESTROYED and action in CONTENT:
        return Refusal("destroyed")
    if action == "record.file":
        unsettled = record.state in (RecordState.TO_VERIFY, RecordState.KEPT_UNREADABLE)
        return Allowed() if unsettled else Refusal("not_to_verify")
    if action == "record.open":
        return _by_policy(actor, access_class, access_class.viewing, record, grants, now)
    if action == "record.download":
        return _by_policy(actor, access_class, access_class.download, record, grants, now)
    if action == "record.copy":
        copies = [g for g in grants if g.kind == "copy"]
        answer = _by_policy(actor, access_class, access_class.printing, record, copies, now)
        return Refusal("needs_copy_grant") if answer == Refusal("needs_grant") else answer
    return Allowed()


def _by_policy(
    actor: Actor,
    access_class: AccessClass,
    policy: str,
    record: Record,
    grants: Iterable[Grant],
    now: datetime | None,
) -> Answer:
    if policy == "never":
        return Refusal("never")
    if policy == "role":
        return Allowed() if reads_by_role(actor, access_class) else Refusal("not_your_role")
    if now is None:
        return Refusal("needs_grant")
    for grant in grants:
        if grant.reader == actor.id and grant.active(now) and covers(grant, record):
            return Allowed(grant)
    return Refusal("needs_grant")


def reads_by_role(actor: Actor, access_class: AccessClass) -> bool:
    """Whether a role alone opens records of this class; never for classes that need a grant."""
    if access_class.viewing != "role":
        return False
    if actor in (SYSTEM, OPERATOR) or not access_class.reader_roles:
        return True
    return any(role in access_class.reader_roles for role in actor.roles)


def covers(grant: Grant, record: Record) -> bool:
    """Whether the grant's target is this record, or the dossier it lies in and not only others of its records."""
    if grant.records and record.id not in grant.records:
        return False
    if grant.target_kind == "dossier":
        return record.dossier is not None and grant.target == record.dossier
    return grant.target == record.id


def knowable(actor: Actor, access_class: AccessClass) -> bool:
    """Whether the existence of a record of this class may be shown to the actor at all."""
    return access_class.found_by != "nothing" or reads_by_role(actor, access_class)
