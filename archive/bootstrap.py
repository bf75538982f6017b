"""Settings become the wired archive; the only place where engines meet use cases."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import TypeVar
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from archive.adapters.clamd import Clamd
from archive.adapters.db import make_engine, make_factory, upgrade
from archive.adapters.jobs import CeleryJobs, make_celery
from archive.adapters.keys import load_signer, load_witness, make_witness
from archive.adapters.search import from_url as index_from_url
from archive.adapters.store import from_url as store_from_url
from archive.domain.checkpoints import Verifier
from archive.ports.store import BlobStore
from archive.services.archive import Archive, FileReader
from archive.services.schedule import welcome_types
from ingest.reader import RECOGNISERS, Reader
from schemas import Pack, PackError, load_pack

T = TypeVar("T")

FONT = Path(__file__).parent / "web" / "static" / "vendor" / "fonts" / "NotoSansSC-Regular.ttf"
SCHEMES = {
    "DANGAN_DATABASE_URL": ("sqlite", "postgresql", "postgresql+psycopg"),
    "DANGAN_STORE_URL": ("folder", "s3"),
    "DANGAN_SEARCH_URL": ("tantivy", "http", "https"),
    "DANGAN_BROKER_URL": ("filesystem", "redis", "rediss", "amqp", "amqps"),
}


class SettingsError(Exception):
    """A setting that cannot work; `args[0]` is one clear line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the archive lives and with which engines. Environment variables DANGAN_* fill it (docs/operations.md)."""

    home: Path
    database_url: str
    store_url: str
    search_url: str
    broker_url: str
    store_key: str | None
    store_secret: str | None
    timezone: str
    pack: Path | None
    host: str
    port: int
    max_upload: int = 2 * 1024**3
    watch: Path | None = None
    clamd: str | None = None
    ocr: str = RECOGNISERS[0]
    witness_key: Path | None = None


def read_settings(env: dict[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises SettingsError with one line that says what to change."""
    env = dict(os.environ) if env is None else env
    home = Path(env.get("DANGAN_HOME") or "var").expanduser().resolve()
    pack = env.get("DANGAN_PACK")
    settings = Settings(
        home=home,
        database_url=env.get("DANGAN_DATABASE_URL") or f"sqlite:///{home}/dangan.db",
        store_url=env.get("DANGAN_STORE_URL") or f"folder://{quote(str(home))}/store",
        search_url=env.get("DANGAN_SEARCH_URL") or f"tantivy://{quote(str(home))}/index",
        broker_url=env.get("DANGAN_BROKER_URL") or "filesystem://",
        store_key=env.get("DANGAN_STORE_KEY") or None,
        store_secret=env.get("DANGAN_STORE_SECRET") or None,
        timezone=env.get("DANGAN_TIMEZONE") or "Asia/Shanghai",
        pack=Path(pack).expanduser().resolve() if pack else None,
        host=env.get("DANGAN_HOST") or "127.0.0.1",
        port=_port(env.get("DANGAN_PORT") or "8000"),
        max_upload=_bytes(env.get("DANGAN_MAX_UPLOAD") or "2G"),
        watch=Path(env["DANGAN_WATCH"]).expanduser().resolve() if env.get("DANGAN_WATCH") else None,
        clamd=env.get("DANGAN_CLAMD") or None,
        ocr=env.get("DANGAN_OCR") or RECOGNISERS[0],
        witness_key=Path(env["DANGAN_WITNESS_KEY"]).expanduser().resolve()
        if env.get("DANGAN_WITNESS_KEY")
        else None,
    )
    _check(settings)
    return settings


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SettingsError(f"DANGAN_PORT: {text!r} is no port: use a number from 1 to 65535")
    return int(text)


def _bytes(text: str) -> int:
    found = re.fullmatch(r"(\d{1,12})([KMG]?)B?", text.strip().upper())
    if not found or int(found[1]) == 0:
        raise SettingsError(f"DANGAN_MAX_UPLOAD: {text!r} is no size: write it as 500M or 2G")
    return int(found[1]) * 1024 ** " KMG".index(found[2] or " ")


def _check(settings: Settings) -> None:
    urls = {
        "DANGAN_DATABASE_URL": settings.database_url,
        "DANGAN_STORE_URL": settings.store_url,
        "DANGAN_SEARCH_URL": settings.search_url,
        "DANGAN_BROKER_URL": settings.broker_url,
    }
    for name, url in urls.items():
        scheme = urlsplit(url).scheme
        if scheme not in SCHEMES[name]:
            raise SettingsError(
                f"{name}: scheme {scheme!r} is unknown: use one of {', '.join(SCHEMES[name])}"
            )
    try:
        ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(
            f"DANGAN_TIMEZONE: {settings.timezone!r} is unknown: use one such as Asia/Shanghai"
        ) from error
    if settings.ocr not in RECOGNISERS:
        raise SettingsError(f"DANGAN_OCR: {settings.ocr!r} is unknown: use {' or '.join(RECOGNISERS)}")
    if settings.pack is not None and not settings.pack.is_dir():
        raise SettingsError(
            f"DANGAN_PACK: {settings.pack} is no folder: name the folder of the house's own pack"
        )


class SystemClock:
    """The machine's clock, with the house's time zone for days."""

    def __init__(self, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return datetime.now(self._zone).date()


def _lazy_reader(settings: Settings) -> Callable[[], FileReader]:
    """One reading child per process and thread of use, started when the first file comes."""
    lock = Lock()
    made: dict[int, FileReader] = {}

    def reader() -> FileReader:
        with lock:
            pid = os.getpid()
            if pid not in made:
                made.clear()
                made[pid] = Reader(overlay=settings.pack, font=FONT, ocr=settings.ocr)
            return made[pid]

    return reader


def open_pack(settings: Settings) -> Pack:
    """The house's rules alone, for what needs no archive. Raises SettingsError."""
    try:
        return load_pack(settings.pack)
    except PackError as error:
        raise SettingsError(f"DANGAN_PACK: {error}") from error


def open_archive(settings: Settings | None = None, *, create: bool = False) -> Archive:
    """The wired archive of this process.

    Raises SettingsError when a setting cannot work or there is no archive yet (and `create` is not asked for).
    """
    settings = settings or read_settings()
    pack = open_pack(settings)
    if not create and not exists(settings):
        raise SettingsError(f"{settings.home}: there is no archive: run `dangan init` or `dangan demo` first")
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    celery = make_celery(settings.broker_url, settings.home)
    jobs = CeleryJobs(celery)
    engine = make_engine(settings.database_url)
    upgrade(engine)
    archive = Archive(
        uow=make_factory(engine, _hint(jobs)),
        store=_named("DANGAN_STORE_URL", lambda: _store(settings)),
        index=_named("DANGAN_SEARCH_URL", lambda: index_from_url(settings.search_url)),
        jobs=jobs,
        clock=SystemClock(settings.timezone),
        pack=pack,
        reader=_lazy_reader(settings),
        home=settings.home,
        font=FONT,
        signer=cache(partial(load_signer, settings.home / "keys")),
        max_upload=settings.max_upload,
        watch=settings.watch,
        scanner=_named("DANGAN_CLAMD", lambda: Clamd(settings.clamd)) if settings.clamd else None,
        zone=ZoneInfo(settings.timezone),
        witness=partial(load_witness, settings.witness_key) if settings.witness_key else None,
    )
    if not create:
        welcome_types(archive)
    return archive


def _store(settings: Settings) -> BlobStore:
    return store_from_url(settings.store_url, key=settings.store_key, secret=settings.store_secret)


def _named(name: str, make: Callable[[], T]) -> T:
    """`make()`, with the setting's name before what is wrong with it."""
    try:
        return make()
    except ValueError as error:
        raise SettingsError(f"{name}: {error}") from error


def _hint(jobs: CeleryJobs) -> Callable[[Sequence[str]], None]:
    return jobs.send


def new_witness(path: Path) -> Verifier:
    """A new key for a witness at `path`. Raises FileExistsError, OSError."""
    return make_witness(path)


def exists(settings: Settings) -> bool:
    """Whether an archive was made here before: its database is there."""
    if not settings.database_url.startswith("sqlite"):
        return True
    return Path(settings.database_url.removeprefix("sqlite:///")).exists()
