"""docker-compose.yml says what the tests run: read by docker-compose itself, its settings by our own code."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from archive.adapters.db import make_engine, make_factory, upgrade
from archive.adapters.search import from_url as index_from_url
from archive.adapters.store import from_url as store_from_url
from archive.bootstrap import read_settings
from archive.cli.main import COMMANDS
from archive.domain.jobs import WorkerBeat
from tests.servers import compose
from tests.servers.base import PROJECT, EngineMissing, Server, missing

OURS = ["scheduler", "web", "worker"]
ENGINES = ["elasticsearch", "minio", "postgres", "redis"]
NAMES = ["POSTGRES_PASSWORD", "MINIO_PASSWORD", "ELASTIC_PASSWORD", "REDIS_PASSWORD"]

pytestmark = pytest.mark.slow


def config(env_file: Path) -> subprocess.CompletedProcess[str]:
    try:
        program = compose.install()
    except EngineMissing as why:
        missing("docker-compose", str(why))
    argv = [program, "--env-file", env_file, "-f", PROJECT / "docker-compose.yml", "config"]
    return subprocess.run(
        [str(a) for a in argv], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}
    )


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """The services as docker-compose understands them, with .env.example filled in."""
    example = (PROJECT / ".env.example").read_text()
    env = tmp_path_factory.mktemp("env") / "env"
    env.write_text(re.sub(r"^(\w+_PASSWORD)=$", r"\1=secret\1", example, flags=re.M))
    run = config(env)
    assert run.returncode == 0, run.stderr
    return dict(yaml.safe_load(run.stdout)["services"])


def test_every_service_is_there_healthy_and_pinned(services: Mapping[str, Any]) -> None:
    assert sorted(services) == sorted([*OURS, *ENGINES])
    for name, service in services.items():
        assert service["healthcheck"]["test"], name
        assert service["volumes"], name
        assert re.search(r":[^:/]*\d+[.-]\d+", service["image"]), f"{name}: {service['image']}"
        if name in OURS:
            assert sorted(service["depends_on"]) == ENGINES


def test_without_passwords_it_says_which_one_is_missing(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("".join(f"{name}=x\n" for name in NAMES[1:]))
    run = config(tmp_path / "env")
    assert run.returncode != 0
    assert "POSTGRES_PASSWORD" in run.stderr
    assert "set it in .env" in run.stderr


def test_no_secret_is_in_the_file_and_every_name_is_explained() -> None:
    used = set(re.findall(r"\$\{(\w+)", (PROJECT / "docker-compose.yml").read_text()))
    explained = set(re.findall(r"^(\w+)=", (PROJECT / ".env.example").read_text(), flags=re.M))
    assert used == explained
    assert set(NAMES) <= used
    assert all(f"{name}=\n" in (PROJECT / ".env.example").read_text() for name in NAMES)


def test_our_settings_are_ones_that_we_take(services: Mapping[str, Any]) -> None:
    for name in OURS:
        env = {key: str(value) for key, value in services[name]["environment"].items() if value}
        settings = read_settings(env)
        store_from_url(settings.store_url, key=settings.store_key, secret=settings.store_secret)
        index_from_url(settings.search_url)
        for url, host in (
            (settings.database_url, "@postgres:5432/"),
            (settings.store_url, "//minio:9000/"),
            (settings.search_url, "@elasticsearch:9200/"),
            (settings.broker_url, "@redis:6379/"),
        ):
            assert host in url
        assert services[name]["command"][0] == "dangan"
        assert services[name]["command"][1] in COMMANDS


def test_the_search_engine_is_the_one_that_was_tested(services: Mapping[str, Any]) -> None:
    pom = (PROJECT / "tests/servers/elasticsearch_node/pom.xml").read_text()
    [tested] = set(re.findall(r"<version>(\d+\.\d+\.\d+)</version>", pom))
    assert services["elasticsearch"]["image"].endswith(f":{tested}")


def test_a_worker_is_healthy_while_it_gives_signs_of_life(
    services: Mapping[str, Any], postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(postgres.details["admin"], autocommit=True) as admin:
        admin.execute("CREATE DATABASE composed")
    url = (
        postgres.details["admin"].rsplit("/", 1)[0].replace("postgresql:", "postgresql+psycopg:")
        + "/composed"
    )
    engine = make_engine(url)
    upgrade(engine)
    [_, _, flag, program] = services["worker"]["healthcheck"]["test"]
    monkeypatch.setenv("DANGAN_DATABASE_URL", url)

    def healthy() -> bool:
        return subprocess.run([sys.executable, flag, program]).returncode == 0

    assert not healthy()
    factory = make_factory(engine, lambda ids: None)
    for here, at, verdict in (
        ("elsewhere", datetime.now(UTC), False),
        (socket.gethostname(), datetime.now(UTC) - timedelta(minutes=5), False),
        (socket.gethostname(), datetime.now(UTC), True),
    ):
        with factory(write=True) as uow:
            uow.remove(WorkerBeat, f"{here}/1/2")
            uow.add(WorkerBeat(f"{here}/1/2", at))
            uow.commit()
        assert healthy() is verdict
    engine.dispose()
