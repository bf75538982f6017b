"""Checking a whole pack at once: every finding with file, line, reason and suggestion, not only the first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from schemas.loader import FOLDERS, OURS, load_pack, pack_files
from schemas.reading import compose, line_of, suggest
from schemas.yaml_values import PackError, check_inside, load_yaml

MOST_FINDINGS = 200
"""A file that is wrong throughout is not reported line by line without an end."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something in a pack that cannot be used.

    File, line (from 1; 0 for the whole file), reason and suggestion.
    """

    file: Path
    line: int
    reason: str
    suggestion: str


def check_pack(folder: Path) -> list[Finding]:
    """What is wrong with the pack in `folder`, laid over ours; empty when it loads.

    Each file is checked against the published JSON Schema, then the whole pack is loaded as the archive would
    load it, which finds what no schema can: names claimed twice, rules that do not exist, rules that need a
    field.
    """
    if not folder.is_dir():
        return [
            Finding(folder, 0, "there is no such folder", "give the folder that holds the pack's YAML files")
        ]
    findings: list[Finding] = []
    try:
        files = pack_files(folder)
    except PackError as error:
        return [Finding(error.file, error.line, error.reason, error.hint)]
    for file in files:
        findings += _check_file(file, folder)
    findings += _unread(folder, files)
    if not files:
        findings.append(
            Finding(
                folder, 0, "there is no YAML file in it", "put them beside each other or in record_types/"
            )
        )
    if len(findings) >= MOST_FINDINGS:
        return sorted(findings)[:MOST_FINDINGS]
    try:
        load_pack(None if folder.resolve() == OURS else folder)
    except PackError as error:
        loaded = Finding(error.file, error.line, error.reason, error.hint)
        if not any(f.file == loaded.file and f.line == loaded.line for f in findings):
            findings.append(loaded)
    return sorted(findings)[:MOST_FINDINGS]


def _unread(folder: Path, files: Sequence[Path]) -> list[Finding]:
    """Files that look like a part of the pack and would silently not be read."""
    near = islice((*folder.glob("*.yml"), *folder.glob("*/*.yml"), *folder.glob("*/*.yaml")), MOST_FINDINGS)
    hint = f"name it …yaml and put it into the folder itself or one of {', '.join(FOLDERS)}"
    return [Finding(file, 0, "this file is not read", hint) for file in near if file not in files]


@cache
def _validator(name: str) -> Any:
    # Imported here: it takes longer to import than a pack takes to load, and only checking needs it.
    import jsonschema

    schema = json.loads((OURS / name).read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


def _check_file(file: Path, folder: Path) -> list[Finding]:
    try:
        check_inside(file, folder)
        values = load_yaml(file)
    except PackError as error:
        return [Finding(error.file, error.line, error.reason, error.hint)]
    if values is None:
        return []
    validator = _validator("settings.schema.json" if file.name == "settings.yaml" else "pack.schema.json")
    findings = []
    top = None
    for problem in validator.iter_errors(values):
        for deepest in _deepest(problem):
            top = top or compose(file)
            line = line_of(top, tuple(deepest.absolute_path))
            findings.append(Finding(file, line, *_words(deepest)))
            if len(findings) >= MOST_FINDINGS:
                return findings
    return findings


def _deepest(error: Any) -> list[Any]:
    """The errors inside a "one of": those of the alternative that fits best, else the error itself."""
    if error.validator != "oneOf":
        return [error]
    branches: dict[int, list[Any]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    fitting = [b for b in branches.values() if not any(i.validator == "type" and not i.path for i in b)]
    if not fitting:
        return [error]
    return [deepest for inner in min(fitting, key=len) for deepest in _deepest(inner)]


def _words(error: Any) -> tuple[str, str]:
    """The error as reason and suggestion in the words of the pack."""
    where = ".".join(str(step) for step in error.absolute_path if isinstance(step, str)) or "the file"
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        wrong = sorted(set(error.instance) - set(known))
        named = ", ".join(wrong[:5]) + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
        return f"{where}: {named} is no known key", suggest(wrong[0], known)
    if error.validator == "enum":
        return f"{where}: {error.instance!r} is not known", suggest(
            str(error.instance), map(str, error.validator_value)
        )
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return f"{where}: {', '.join(missing)} is missing", f"add a line '{missing[0]}: …'"
    if error.validator == "type":
        return (
            f"{where}: {error.instance!r} is no {error.validator_value}",
            "check its indentation and its '- ' marks",
        )
    if error.validator == "pattern":
        return (
            f"{where}: {error.instance!r} is not written as it must be",
            f"it must match {error.validator_value}",
        )
    return f"{where}: {error.message[:200]}", "compare it with the pack's own files"
