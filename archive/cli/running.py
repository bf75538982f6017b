"""dangan serve, web, worker, scheduler, init, demo."""

from __future__ import annotations

import os

import click

from archive.cli.common import BAD_INPUT, emit, fail, json_option, open_archive
from archive.services.archive import Archive


@click.command()
@click.option("--host", default=None, help="Address to listen on (DANGAN_HOST, 127.0.0.1).")
@click.option("--port", type=int, default=None, help="Port to listen on (DANGAN_PORT, 8000).")
@click.option(
    "--demo", "with_demo", is_flag=True, help="On an empty DANGAN_HOME make the demonstration estate."
)
@click.option("--workers", default=2, show_default=True, help="Worker processes.")
def serve(host: str | None, port: int | None, with_demo: bool, workers: int) -> None:
    """Web, workers and scheduler together, stopped together by Ctrl-C."""
    from archive.bootstrap import SettingsError, exists, read_settings
    from archive.cli.supervisor import run_together
    from archive.services.upkeep import in_use

    try:
        settings = read_settings()
    except SettingsError as error:
        fail("settings", str(error), BAD_INPUT)
    if not exists(settings) and not with_demo:
        hint = "run dangan init or dangan demo first"
        fail("serve", f"{settings.home} holds no archive", BAD_INPUT, hint=hint)
    archive = open_archive(create=with_demo)
    if with_demo and not in_use(archive):
        _make_demo(archive, wait=False)
    shown_host, shown_port = host or settings.host, port or settings.port
    run_together(shown_host, shown_port, workers)


def _make_demo(archive: Archive, *, wait: bool) -> None:
    from archive.cli.intake import wait_for
    from archive.services import demo, results, work

    made = demo.create(archive, click.echo)
    for name, display_name, role, password in made.logins:
        click.echo(f"  {display_name:<8} {role:<14} {name} / {password}")
    if wait:
        click.echo("reading the sample papers ...")
        wait_for(archive, lambda: results.settled(archive, made.intakes))
        demo.finish(archive)
    else:
        work.finish_demo_later(archive)


@click.command(name="demo")
def demo() -> None:
    """Accounts and a demonstration estate with its own sample forms, on an empty DANGAN_HOME."""
    _refuse_used("demo")
    _make_demo(open_archive(create=True), wait=True)


@click.command()
@json_option
def init(as_json: bool) -> None:
    """An empty archive for real use, with no known password."""
    _refuse_used("init")
    from archive.services.upkeep import create_archive

    archive = open_archive(create=True)
    create_archive(archive)
    emit(
        {"home": str(archive.home), "state": "created"},
        as_json,
        f"{archive.home}: archive created. Next: dangan user add NAME --roles administrator",
    )


def _refuse_used(what: str) -> None:
    from archive.bootstrap import SettingsError, exists, read_settings
    from archive.services.upkeep import in_use

    try:
        settings = read_settings()
    except SettingsError as error:
        fail("settings", str(error), BAD_INPUT)
    if exists(settings) and in_use(open_archive(create=True)):
        fail(what, f"{settings.home} is in use", BAD_INPUT, code="in_use", hint="name an empty DANGAN_HOME")


@click.command()
@click.option("--host", default=None)
@click.option("--port", type=int, default=None)
def web(host: str | None, port: int | None) -> None:
    """The web server alone."""
    import uvicorn

    from archive.bootstrap import read_settings
    from archive.web.app import create_app

    settings = read_settings()
    archive = open_archive()
    uvicorn.run(
        create_app(archive),
        host=host or settings.host,
        port=port or settings.port,
        log_level=os.environ.get("DANGAN_LOG", "warning"),
        access_log=False,
        timeout_graceful_shutdown=5,
        server_header=False,
    )


@click.command()
@click.option("--workers", default=2, show_default=True)
def worker(workers: int) -> None:
    """Workers alone."""
    open_archive()
    from archive.worker import run_worker

    run_worker(workers)


@click.command()
def scheduler() -> None:
    """The scheduler alone."""
    open_archive()
    from archive.worker import run_scheduler

    run_scheduler()
