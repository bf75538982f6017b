"""What a real archive's passwords are hashed with, outside the cheap hashing of the other tests."""

from __future__ import annotations

import subprocess
import sys

import pytest

from archive.services.errors import BadInput
from archive.services.people.passwords import fits, hashed

HASH = "from archive.services.people.passwords import hashed; print(hashed('long-enough-1'))"


def test_real_passwords_cost_as_much_as_owasp_asks() -> None:
    made = subprocess.run([sys.executable, "-c", HASH], capture_output=True, text=True, check=True).stdout
    _, kind, version, costs, *_ = made.split("$")
    cost = dict(c.split("=") for c in costs.split(","))
    assert (kind, version) == ("argon2id", "v=19")
    assert int(cost["m"]) >= 19 * 1024  # KiB
    assert int(cost["t"]) >= 2


def test_a_password_fits_its_hash_only_and_nobody_has_one() -> None:
    made = hashed("long-enough-1")
    assert made != hashed("long-enough-1")
    assert fits("long-enough-1", made)
    assert not fits("long-enough-2", made)
    assert not fits("long-enough-1", None)
    with pytest.raises(BadInput):
        hashed("short")
