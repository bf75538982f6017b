"""People, their sessions, second factors and the tokens of their scripts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PersonState(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who may sign in. `name` is unique and lower case; `roles` are codes of the pack.

    `new_password` says that somebody else chose the password: its bearer must set an own one before anything else.
    """

    id: str
    name: str
    display_name: str
    roles: tuple[str, ...]
    password_hash: str
    state: PersonState
    created_at: datetime
    new_password: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser or script. `id` is the SHA-256 of the bearer's token, so the table opens no door.

    `half` sessions have shown the password and not yet the second factor: they open nothing but its form.
    """

    id: str
    person: str
    created_at: datetime
    expires_at: datetime
    user_agent: str = ""
    address: str = ""
    half: bool = False


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """A person's one-time codes (TOTP, RFC 6238). `id` is the person's; `secret` is base32.

    Not asked for until `confirmed_at`. `last_step` is the newest time step (30 s since 1970) that was used: a code
    counts once. `recovery` are SHA-256 of codes that each replace the device once.
    """

    id: str
    secret: str
    created_at: datetime
    confirmed_at: datetime | None = None
    last_step: int = 0
    recovery: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A long-lived token of a person's script. `id` is the SHA-256 of the token.

    It may do the actions in `scope` and nothing else, as long as the person may do them, until `ends_at` (UTC).
    """

    id: str
    person: str
    title: str
    scope: tuple[str, ...]
    created_at: datetime
    ends_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person by id with roles, the system's own workers, or the operator on the machine.

    `scope` narrows what a script's token may do (None: all that the roles include). `new_password` as in Person.
    `deputy_roles` are the roles of absent approvers for whom the person decides on requests meanwhile.
    """

    id: str
    name: str
    roles: tuple[str, ...]
    scope: tuple[str, ...] | None = None
    new_password: bool = False
    deputy_roles: tuple[str, ...] = ()


SYSTEM = Actor("system", "system", ("system",))
"""Workers and the scheduler."""

OPERATOR = Actor("operator", "operator", ("operator",))
"""Whoever runs `dangan` on the machine without --as: runs the house, but reads no secret."""
