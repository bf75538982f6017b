"""The matrix of rights: deny by default, and the rules that nobody may loosen by accident."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
import yaml

from archive.domain.matrix import DOORS, STATES, Opens, Situation, matrices, opens
from archive.domain.records import RecordState
from schemas import load_pack

PACK = load_pack()
GOLDEN = Path(__file__).parents[3] / "golden" / "rights.yaml"
NO_GRANT = (Situation.NONE, Situation.OTHER, Situation.ENDED, Situation.REVOKED, Situation.BORROWED)


def as_golden() -> dict[str, dict[str, dict[str, str]]]:
    """class/state → door → role → how."""
    return {
        f"{m.access_class}/{m.state}": {
            door: {role: m.cells[door, role].value for role in PACK.roles} for door in DOORS
        }
        for m in matrices(PACK)
    }


def test_the_matrix_is_the_one_that_was_agreed() -> None:
    """Change tests/golden/rights.yaml by hand, never by a script: each line is a decision."""
    agreed = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))
    found = as_golden()
    assert set(found) == set(agreed)
    wrong = [
        f"{where} {door} {role}: {how}, agreed {agreed[where].get(door, {}).get(role)}"
        for where, doors in found.items()
        for door, roles in doors.items()
        for role, how in roles.items()
        if agreed[where].get(door, {}).get(role, "never") != how
    ]
    assert not wrong


@pytest.mark.parametrize("situation", NO_GRANT)
def test_an_absent_foreign_ended_or_revoked_grant_opens_nothing_more_than_the_role(
    situation: Situation,
) -> None:
    for role, door, policy, state in product(PACK.roles, DOORS, PACK.access_classes, STATES):
        alone = opens(PACK, role, door, policy, state, Situation.NONE)
        assert opens(PACK, role, door, policy, state, situation) == alone


def test_nobody_opens_a_secret_by_role() -> None:
    for role, door in product(PACK.roles, set(DOORS) - {"hit", "desk"}):
        assert not opens(PACK, role, door, "secret", RecordState.FILED, Situation.NONE), (role, door)


def test_what_is_destroyed_opens_to_nobody() -> None:
    for role, policy, situation in product(PACK.roles, PACK.access_classes, Situation):
        for door in set(DOORS) - {"hit"}:
            assert not opens(PACK, role, door, policy, RecordState.DESTROYED, situation), (role, door)


def test_officers_read_no_records() -> None:
    for role, policy, situation in product(
        ("administrator", "auditor", "security_officer"), ("internal", "confidential", "secret"), Situation
    ):
        assert not opens(PACK, role, "page_image", policy, RecordState.FILED, situation)


def test_a_grant_to_read_is_no_leave_to_take_away() -> None:
    for role in PACK.roles:
        for door in ("copy", "original", "text"):
            assert not opens(PACK, role, door, "secret", RecordState.FILED, Situation.VIEW)


def test_a_door_nobody_named_is_shut() -> None:
    assert all(how in Opens for m in matrices(PACK) for how in m.cells.values())
    with pytest.raises(KeyError):
        opens(PACK, "staff", "back_door", "public", RecordState.FILED, Situation.NONE)
