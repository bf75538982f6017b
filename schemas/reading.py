"""Reading YAML values with their place, so that whatever is wrong is reported with file, line, reason and
remedy.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from schemas.yaml_values import LOADER, PackError

Step = str | int


def compose(file: Path) -> Any:
    """The node tree of a YAML file; it knows the line of everything."""
    return yaml.compose(file.read_text(encoding="utf-8"), Loader=LOADER)


def line_of(node: Any, path: tuple[Step, ...]) -> int:
    """The line (from 1) to which `path` leads from the top `node`.

    Of the nearest step, where the path breaks off.
    """
    line = node.start_mark.line if node else 0
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == step), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
        else:
            break
    return int(line) + 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: the file and the path of keys and positions inside it."""

    file: Path
    path: tuple[Step, ...] = ()

    def line(self) -> int:
        """The line of the value (from 1), found by composing the file again; 1 if the path leads nowhere."""
        return line_of(compose(self.file), self.path)

    def fail(self, reason: str, hint: str) -> NoReturn:
        """Raise PackError for this place."""
        raise PackError(self.file, self.line(), reason, hint)


class Entry:
    """One mapping of a pack, with the place of each of its keys.

    An overlay's keys keep the overlay's place.
    """

    __slots__ = ("_origins", "_seen", "data", "place")

    def __init__(
        self,
        data: Mapping[str, Any],
        place: Place,
        origins: Mapping[str, Place] | None = None,
    ) -> None:
        self.data = data
        self.place = place
        self._origins = origins or {}
        self._seen: set[str] = set()

    def at(self, key: str, *more: Step) -> Place:
        """Where the value under `key` stands."""
        origin = self._origins.get(key, self.place)
        return Place(origin.file, (*origin.path, key, *more))

    def overlaid(self, data: Mapping[str, Any], place: Place) -> Entry:
        """This entry with the keys of an overlay put over it."""
        return Entry(
            {**self.data, **data},
            place,
            {k: self._origins.get(k, self.place) for k in self.data} | dict.fromkeys(data, place),
        )

    def text(self, key: str, default: str | None = None) -> str:
        """The text under `key`; without a default it must be there and not be empty."""
        self._seen.add(key)
        value = self.data.get(key)
        if value is None:
            if default is None:
                self.place.fail(f"{key} is missing", f"add a line '{key}: …'")
            return default
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            self.at(key).fail(f"{key} must be text", "write the value in quotes")
        return str(value)

    def number(self, key: str, default: int) -> int:
        """The whole number from 0 under `key`."""
        self._seen.add(key)
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.at(key).fail(f"{key} must be a whole number from 0", "write figures only")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """The true or false under `key`."""
        self._seen.add(key)
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            self.at(key).fail(f"{key} must be true or false", "write true or false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of texts under `key`, empty when it is not there."""
        self._seen.add(key)
        value = self.data.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.at(key).fail(f"{key} must be a list", "write one item a line, each with '- ' before it")
        for position, item in enumerate(value):
            if isinstance(item, bool) or not isinstance(item, (str, int)):
                self.at(key, position).fail(f"{key} holds something that is no text", "write it in quotes")
        return tuple(str(item) for item in value)

    def choice(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """The text under `key`, which must be one of `allowed`."""
        value = self.text(key, default)
        self.check(key, value, allowed)
        return value

    def check(self, key: str, value: str, allowed: Iterable[str], *more: Step) -> None:
        """Refuse `value` unless it is one of `allowed`, with the nearest allowed one as a suggestion."""
        allowed = tuple(allowed)
        if value not in allowed:
            self.at(key, *more).fail(f"{key}: {value!r} is not known", suggest(value, allowed))

    def items(self, key: str) -> Iterator[tuple[Any, Place]]:
        """The list under `key`, each item with its place."""
        self._seen.add(key)
        value = self.data.get(key) or []
        if not isinstance(value, list):
            self.at(key).fail(f"{key} must be a list", "write one item a line, each with '- ' before it")
        for position, item in enumerate(value):
            yield item, self.at(key, position)

    def entries(self, key: str) -> Iterator[Entry]:
        """The list of mappings under `key`."""
        for item, place in self.items(key):
            yield as_entry(item, place)

    def mapping(self, key: str) -> dict[str, str]:
        """The mapping of texts under `key`, empty when it is not there."""
        self._seen.add(key)
        value = self.data.get(key) or {}
        if not isinstance(value, dict):
            self.at(key).fail(f"{key} must be a mapping", "write 'name: value' lines below it")
        return {str(k): str(v) for k, v in value.items()}

    def mapping_of_anything(self, key: str) -> dict[str, Any]:
        """The mapping under `key` with values of any kind, empty when it is not there."""
        self._seen.add(key)
        value = self.data.get(key) or {}
        if not isinstance(value, dict):
            self.at(key).fail(f"{key} must be a mapping", "write 'name: value' lines below it")
        return value

    def finish(self) -> None:
        """Refuse keys that nobody asked for: a mistyped key must not be silently ignored."""
        for key in self.data:
            if key not in self._seen:
                self.at(str(key)).fail(f"{key} is no known key", suggest(str(key), self._seen))


def as_entry(item: Any, place: Place) -> Entry:
    """`item` as an Entry; PackError if it is no mapping."""
    if not isinstance(item, dict):
        place.fail("something else stands where a mapping must be", "write 'name: value' lines")
    return Entry(item, place)


def suggest(value: str, allowed: Iterable[str]) -> str:
    """What to write instead of `value`."""
    allowed = sorted(a for a in allowed if a)
    near = difflib.get_close_matches(value, allowed, 1, 0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    return "use one of " + ", ".join(allowed[:40])
