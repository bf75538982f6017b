"""The two profiles, each as a served archive with the demonstration estate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.running import Running
from tests.servers.postgres import fresh


@pytest.fixture(scope="module", params=["embedded", "scale-out"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`dangan serve --demo` on the profile's engines."""
    folder = tmp_path_factory.mktemp(request.param)
    settings = {} if request.param == "embedded" else scale_out(request, folder)
    running = Running(folder / "home", settings, ("--demo", "--workers", "2"))
    running.start()
    try:
        yield running
    finally:
        assert running.stop() == 0


def scale_out(request: pytest.FixtureRequest, folder: Path) -> dict[str, str]:
    """Settings that name the real engines, with a database, bucket and index of its own."""
    bucket = f"e2e-{folder.name.replace('_', '-').lower()}"
    minio = request.getfixturevalue("minio").url
    return {
        "DANGAN_DATABASE_URL": fresh(request.getfixturevalue("postgres").details["admin"]),
        "DANGAN_STORE_URL": minio.replace("/dangan?", f"/{bucket}?"),
        "DANGAN_SEARCH_URL": request.getfixturevalue("elasticsearch").url.partition("?")[0]
        + f"?index={bucket}",
        "DANGAN_BROKER_URL": request.getfixturevalue("redis_server").url,
    }
