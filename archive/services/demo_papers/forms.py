"""Reads what the sample forms say (forms.yaml), told relative to the present year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from archive.services.demo_papers.drawing import Filling
from archive.services.demo_papers.paper import BLACK_INK, BLUE_INK, Scan

SOURCE = Path(__file__).with_name("forms.yaml")
_YEAR = re.compile(r"\{y(?:-(\d+))?\}")


@dataclass(frozen=True, slots=True)
class Form:
    """One filled form: the code of its record type, the printed title ("" for the pack's) and its filling."""

    type: str
    filling: Filling
    title: str = ""


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """One file from the scanner: forms in one pile, and how they were scanned. The suffix says the format."""

    name: str
    forms: tuple[Form, ...]
    scan: Scan


def scanned_files(year: int) -> list[ScannedFile]:
    """Every scanned sample; `year` is the present one."""
    read = _told(yaml.safe_load(SOURCE.read_text(encoding="utf-8")), year)
    return [
        ScannedFile(
            file["file"],
            tuple(_form(form, read["articles"]) for form in file["forms"]),
            Scan(**file["scan"]),
        )
        for file in read["files"]
    ]


def _told(value: Any, year: int) -> Any:
    """The value with every {y-4} as the year four years ago."""
    if isinstance(value, str):
        return _YEAR.sub(lambda found: str(year - int(found[1] or 0)), value)
    if isinstance(value, list):
        return [_told(item, year) for item in value]
    if isinstance(value, dict):
        return {key: _told(item, year) for key, item in value.items()}
    return value


def _form(form: dict[str, Any], articles: dict[str, list[str]]) -> Form:
    filling = Filling(
        values=form.get("values", {}),
        rows=form.get("rows", ()),
        signed=form.get("signed", {}),
        sealed={place: (around, below) for place, (around, below) in form.get("sealed", {}).items()},
        body=articles[form["body"]] if "body" in form else (),
        office=form["office"],
        hand=form["hand"],
        ink=BLACK_INK if form.get("ink") == "black" else BLUE_INK,
    )
    return Form(form["type"], filling, form.get("title", ""))
