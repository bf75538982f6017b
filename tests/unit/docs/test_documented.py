"""Documentation is tested: a command, a setting or an event that nobody wrote down fails here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from archive.cli.main import cli

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("path", list(commands(cli)), ids=" ".join)
def test_every_command_is_documented(path: tuple[str, ...]) -> None:
    told = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert re.search(rf"`(dangan )?{' '.join(path)}\b", told), (
        f"docs/commands.md says nothing of {' '.join(path)}"
    )


def settings() -> list[str]:
    files = [*ROOT.glob("archive/**/*.py"), *ROOT.glob("docker-compose.y*ml")]
    return sorted({m for f in files for m in re.findall(r"DANGAN_[A-Z_]+", f.read_text(encoding="utf-8"))})


@pytest.mark.parametrize("name", settings())
def test_every_setting_is_documented(name: str) -> None:
    assert name in (DOCS / "operations.md").read_text(encoding="utf-8")


def links() -> list[tuple[Path, str]]:
    pages = [*ROOT.glob("*.md"), *DOCS.glob("**/*.md")]
    return [
        (p, t)
        for p in pages
        for t in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", p.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("page", "target"), links(), ids=lambda v: str(v)[-60:])
def test_every_link_leads_somewhere(page: Path, target: str) -> None:
    assert (page.parent / target).exists(), f"{page.name} links to {target}"
