"""What a document names: other documents and forms, by title 《…》 or by number (DG-KF-13)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.documents.passages import passages_of
from ingest.documents.source import squeezed

_TITLE = re.compile(r"《([^《》\n]{2,60})》")
_NUMBER = re.compile(r"(?<![A-Za-z0-9\-/])[A-Z]{2,8}(?:-[A-Z]{1,8})*-\d{1,4}(?![\d\-/]|\.\d)")


@dataclass(frozen=True, slots=True)
class Named:
    """One thing that is named: `written` as it stands first, `key` for comparing (`reference_key`), `kind` "title" or
    "number", `chapter` where it stands first, `count` how often."""

    written: str
    key: str
    kind: str
    chapter: str
    count: int


def reference_key(written: str) -> str:
    """A title or number in the normal form without blanks and brackets."""
    return squeezed(written.strip("《》"))


def references_of(text: str, *, but: Iterable[str] = ()) -> tuple[Named, ...]:
    """Everything that the body of a text names, in its order; not what is in `but` (the document itself)."""
    own = {reference_key(b) for b in but}
    found: dict[str, Named] = {}
    for passage in passages_of(text):
        hits = [("title", m[1]) for m in _TITLE.finditer(passage.text)]
        hits += [("number", m[0]) for m in _NUMBER.finditer(passage.text)]
        for kind, written in hits:
            key = reference_key(written)
            if key in own:
                continue
            old = found.get(key)
            count = old.count + 1 if old else 1
            first = old or Named(written, key, kind, passage.chapter, 1)
            found[key] = Named(first.written, key, kind, first.chapter, count)
    return tuple(found.values())
