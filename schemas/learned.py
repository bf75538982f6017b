"""What people's corrections taught, laid over a pack: further titles of types, further labels of fields. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from schemas.model import Pack, RecordType
from schemas.text import fold


@dataclass(frozen=True, slots=True)
class Learned:
    """`titles` are (title as printed, type code); `labels` are (type code, field code, label as printed)."""

    titles: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, str, str], ...] = ()

    @property
    def mark(self) -> str:
        """Changes whenever the content does; "" for nothing learned."""
        if not self.titles and not self.labels:
            return ""
        return sha256(repr((sorted(self.titles), sorted(self.labels))).encode()).hexdigest()[:12]


def read_learned(data: Mapping[str, object]) -> Learned:
    """From JSON values as `plain_learned` makes them. ValueError: not of this shape."""

    def rows(name: str, width: int) -> tuple[tuple[str, ...], ...]:
        given = data.get(name, [])
        if not isinstance(given, list):
            raise ValueError(name)
        found = tuple(tuple(row) for row in given)
        if any(len(row) != width or not all(isinstance(v, str) for v in row) for row in found):
            raise ValueError(name)
        return found

    titles = tuple((a, b) for a, b in rows("titles", 2))
    return Learned(titles, tuple((a, b, c) for a, b, c in rows("labels", 3)))


def plain_learned(learned: Learned) -> dict[str, list[list[str]]]:
    """As JSON values."""
    return {"titles": [list(t) for t in learned.titles], "labels": [list(x) for x in learned.labels]}


def with_learned(pack: Pack, learned: Learned) -> Pack:
    """The pack with the learned titles and labels as further aliases. What the pack itself says stays and goes
    first; a rule about a type or field that the pack does not have (any more) is passed over."""
    if not learned.mark:
        return pack
    types = dict(pack.record_types)
    taken = {fold(name) for kind in types.values() for name in (kind.title_zh, kind.title_en, *kind.aliases)}
    for title, code in learned.titles:
        kind = types.get(code)
        if kind is not None and fold(title) not in taken:
            types[code] = replace(kind, aliases=(*kind.aliases, title))
    for code, field, label in learned.labels:
        kind = types.get(code)
        if kind is not None:
            types[code] = _with_label(kind, field, label)
    return replace(pack, record_types=types, version=f"{pack.version}+{learned.mark}")


def _with_label(kind: RecordType, field: str, label: str) -> RecordType:
    fields = tuple(
        replace(f, aliases=(*f.aliases, label)) if f.code == field and label not in f.aliases else f
        for f in kind.fields
    )
    return replace(kind, fields=fields)
