"""The command tree. Modules with commands are imported only when one of theirs is called."""

from __future__ import annotations

import importlib
import sys
from typing import NoReturn

import click

from archive.cli.common import AWAY, BAD_INPUT, OTHER, REFUSED, fail

COMMANDS = {
    "access": "access",
    "audit": "audit",
    "check": "upkeep",
    "demo": "running",
    "docs": "documents",
    "estate": "estate",
    "event": "retention",
    "forms": "forms",
    "get": "records",
    "hold": "retention",
    "import": "intake",
    "ingest": "intake",
    "init": "running",
    "loan": "paper",
    "place": "paper",
    "rebuild": "upkeep",
    "retention": "retention",
    "scheduler": "running",
    "search": "records",
    "serve": "running",
    "show": "records",
    "sweep": "retention",
    "types": "types",
    "user": "people",
    "web": "running",
    "worker": "running",
}


class Lazy(click.Group):
    """A group whose commands live in modules that are loaded when needed, so that every call starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"archive.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, "import_" if cmd_name == "import" else cmd_name)
        return command


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dangan")
def cli() -> None:
    """Dangan 档案: document control and archive for property-management offices."""


def main() -> NoReturn:
    """Entry point: turns every failure into one line and an exit code."""
    from archive.ports.search import IndexUnavailable
    from archive.ports.store import StoreUnavailable
    from archive.ports.unit_of_work import DatabaseUnavailable
    from archive.services.errors import ArchiveError, Away, Refused

    what = " ".join(sys.argv[1:3])
    try:
        cli.main(standalone_mode=False)
    except ArchiveError as error:
        exit_code = REFUSED if isinstance(error, Refused) else AWAY if isinstance(error, Away) else BAD_INPUT
        fail(what, error.message, exit_code, code=error.code, hint=error.hint)
    except click.ClickException as error:
        fail(what, error.format_message(), BAD_INPUT, code="usage", hint="see dangan --help")
    except (StoreUnavailable, IndexUnavailable, DatabaseUnavailable) as error:
        fail(what, str(error), AWAY, code="engine_away", hint="start the engine, then run the command again")
    except (click.Abort, KeyboardInterrupt):
        fail(what, "stopped", OTHER)
    except BrokenPipeError:
        raise SystemExit(OTHER) from None
    raise SystemExit(0)
