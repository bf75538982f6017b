"""Progress on a terminal: a line on standard error that moves; nothing where nobody looks."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

import click

T = TypeVar("T")
EVERY_SECONDS = 0.2


def meter(things: Iterable[T], total: int | None, what: str, quiet: bool = False) -> Iterator[T]:
    """The things, counted on the terminal while they go by. `total` None: not known."""
    if quiet or not sys.stderr.isatty():
        yield from things
        return
    began, told = time.monotonic(), 0.0
    for count, thing in enumerate(things, start=1):
        yield thing
        now = time.monotonic()
        if now - told > EVERY_SECONDS:
            told = now
            of = f" / {total}" if total is not None else ""
            rate = count / (now - began) if now > began else 0.0
            click.echo(f"\r\x1b[K{what}: {count}{of}  ({rate:.0f}/s)", nl=False, err=True)
    click.echo("\r\x1b[K", nl=False, err=True)
