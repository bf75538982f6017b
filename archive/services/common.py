"""What most use cases need: ids, the rights question with its audit entry, fetching or saying that nothing is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeVar

from ulid import ULID

from archive.domain.access import Allowed, Refusal, authorize, knowable
from archive.domain.access_model import AccessRequest, Grant
from archive.domain.audit_model import Event
from archive.domain.jobs import Setting
from archive.domain.paper import Loan
from archive.domain.people import Actor
from archive.domain.records import Dossier, Record
from archive.ports.unit_of_work import AtLeast, UnitOfWork
from archive.services.archive import Archive
from archive.services.errors import NotFound, Refused
from schemas.model import Transition

T = TypeVar("T")

REFUSALS = {
    "not_your_role": ("您的角色不能做这件事。", "请找有相应角色的同事，或请管理员核对角色。"),
    "needs_grant": ("绝密档案需经批准才能查阅。", "请提交查阅申请，写明用途和天数。"),
    "needs_copy_grant": ("带走副本需经批准。", "请申请“带走副本”，写明用途。"),
    "not_approver": ("这一密级不由您的角色审批。", "请由有权审批的同事办理。"),
    "never": ("这一密级不提供下载。", "可在许可有效期内在线查阅。"),
    "own_request": ("不能审批自己的申请。", "请由另一位经理审批。"),
    "same_person": ("提出、编制、审核、批准须是不同的人。", "请由另一位有权限的同事办理。"),
    "destroyed": ("该件已按规定销毁，只留销毁凭证。", ""),
    "not_to_verify": ("该件不在核对台上，可能已由他人处理。", "请回到核对台取下一件。"),
    "unknown": ("没有找到。", "请核对编号。"),
}


def new_id() -> str:
    """A ULID: sorts by time of making, says nothing else."""
    return str(ULID())


def batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """The values in lists of `size`, the last one shorter."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch


def grants_of(archive: Archive, uow: UnitOfWork, actor: Actor) -> list[Grant]:
    """The actor's grants that have not ended."""
    return uow.list(Grant, reader=actor.id, ends_at=AtLeast(archive.clock.now()))


def allow(
    archive: Archive,
    actor: Actor,
    action: str,
    *,
    uow: UnitOfWork | None = None,
    record: Record | None = None,
    request: AccessRequest | Loan | None = None,
    step: Transition | None = None,
    earlier: Mapping[str, frozenset[str]] | None = None,
    subject: str = "",
) -> Allowed:
    """Return the permission or raise Refused, after the refusal was written to the audit log.

    `step` and `earlier` as in `authorize`; `subject` is what the log names where it is neither record nor request.
    Never inside a writing unit of work: the refusal is written in one of its own.
    """
    grants = grants_of(archive, uow, actor) if uow is not None and record is not None else []
    answer = authorize(
        actor,
        action,
        archive.pack,
        record=record,
        request=request,
        grants=grants,
        now=archive.clock.now(),
        step=step,
        earlier=earlier,
    )
    if isinstance(answer, Allowed):
        return answer
    subject = record.id if record else request.id if request else subject
    log_refusal(archive, actor, action, subject, answer)
    if answer.reason == "unknown":
        raise NotFound("没有找到。", hint="请核对编号。")
    message, hint = REFUSALS[answer.reason]
    raise Refused(message, code=answer.reason, hint=hint)


def log_refusal(archive: Archive, actor: Actor, action: str, subject: str, refusal: Refusal) -> None:
    """In a transaction of its own: the use case that was refused rolls back."""
    with archive.uow(write=True) as uow:
        uow.audit(
            Event.REFUSED,
            actor=actor.id,
            subject=subject,
            at=archive.clock.now(),
            action=action,
            reason=refusal.reason,
        )
        uow.commit()


def keep_setting(uow: UnitOfWork, setting: Setting) -> None:
    """Write a setting whether or not it was there. The write lock keeps two from adding it at once."""
    if uow.get(Setting, setting.id) is None:
        uow.add(setting)
    else:
        uow.put(setting)


def must(value: T | None, what: str) -> T:
    """The value, or NotFound."""
    if value is None:
        raise NotFound(f"没有找到{what}。", hint="请核对编号，或从查找页重新进入。")
    return value


def known_dossier(archive: Archive, actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor may know that there is such a dossier."""
    return knowable(actor, archive.pack.access_classes[dossier.access_class])


def known_record(archive: Archive, uow: UnitOfWork, actor: Actor, record_id: str) -> Record:
    """The record, when the actor may know that it exists; NotFound otherwise, without a difference."""
    record = must(uow.get(Record, record_id), "该件")
    answer = authorize(actor, "record.know", archive.pack, record=record)
    if isinstance(answer, Refusal):
        must(None, "该件")
    return record
