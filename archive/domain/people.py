"""People and their sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PersonState(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who may sign in. `name` is unique and lower case; `roles` are codes of the pack."""

    id: str
    name: str
    display_name: str
    roles: tuple[str, ...]
    password_hash: str
    state: PersonState
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser or script. `id` is the SHA-256 of the bearer's token, so the table opens no door."""

    id: str
    person: str
    created_at: datetime
    expires_at: datetime
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person by id with roles, the system's own workers, or the operator on the machine."""

    id: str
    name: str
    roles: tuple[str, ...]


SYSTEM = Actor("system", "system", ("system",))
"""Workers and the scheduler."""

OPERATOR = Actor("operator", "operator", ("operator",))
"""Whoever runs `dangan` on the machine without --as: runs the house, but reads no secret."""
