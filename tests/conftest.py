"""Rules for every test: engines by fixture, marks by what a test asks for, no silent skip in CI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from archive.services.people import passwords
from tests.servers.base import ENGINES, in_ci, shared_dir

pytest.register_assert_rewrite("tests.contracts")
pytest_plugins = ["tests.servers.fixtures"]


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """The same Argon2id with little work in it: every town has five people, and each password is hashed for real.

    tests/unit/archive/services/test_passwords.py holds what real archives use.
    """
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: cheap)
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with seeds and samples (DANGAN_SHARED)."""
    return shared_dir()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for an engine's fixture is an engine test, without saying so again; quick tests go first."""
    for item in items:
        if ENGINES.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker("engine")
    items.sort(key=lambda item: [bool(item.get_closest_marker(m)) for m in ("browser", "engine", "slow")])


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped test is not a green one."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if in_ci() and skipped and exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"CI=true and {len(skipped)} tests were skipped: that is a failure", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
