"""Pieces of a stored text around what was looked for, cut by one piece of code for every engine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from archive.domain.normal_form import MAX_TEXT, START, WORD_CHARACTER, flat, normal
from archive.domain.query import InHouse, Term

Pieces = tuple[tuple[str, bool], ...]
"""Text in order, each piece with whether it is a hit."""

ELLIPSIS = "…"
MAX_SPANS = 200
"""Places of one term that are weighed against each other; later ones are not looked at."""

Span = tuple[int, int]


def snippet(text: str, terms: Sequence[Term], width: int = 80) -> Pieces:
    """The part of `text` with most of `terms` in it, about `width` characters, hits marked.

    Characters are those of the original, except that white space becomes one blank and control and formatting
    characters are left out. Without a hit it is the beginning; () for an empty text. An ellipsis stands where
    text was cut off.
    """
    found = [list(spans(text, term)) for term in terms if not isinstance(term, InHouse)]
    start, end = _window(text, found, width)
    hits = _merged(span for group in found for span in group if span[0] < end and span[1] > start)
    pieces = list(_cut(text, start, end, hits))
    if pieces and start > 0 and text[:start].strip():
        pieces.insert(0, (ELLIPSIS, False))
    if pieces and end < len(text) and text[end:].strip():
        pieces.append((ELLIPSIS, False))
    return tuple(pieces)


def spans(text: str, term: Term) -> Iterator[Span]:
    """Where `term` stands in `text`, as character offsets of the original; at most MAX_SPANS places."""
    if isinstance(term, InHouse) or not (needle := normal(term.text)):
        return
    flattened = flat(text[:MAX_TEXT])
    count = 0
    for match in _pattern(needle).finditer(flattened):
        if needle[0] == START and _within_word(flattened, match.start()):
            continue
        yield match.span()
        count += 1
        if count == MAX_SPANS:
            return


_WORD = re.compile(WORD_CHARACTER)


def _pattern(needle: str) -> re.Pattern[str]:
    """`needle` in flattened text: layout may stand between its characters, except where it would end a word."""
    parts: list[str] = []
    before = ""
    begins = False
    for character in needle:
        if character == START:
            begins = True
            continue
        if before:
            in_words = bool(_WORD.match(before) and _WORD.match(character))
            parts.append(("\x00*(?: \x00*)+" if begins else "\x00*") if in_words else "[ \x00]*")
        parts.append(re.escape(character))
        before, begins = character, False
    return re.compile("".join(parts))


def _within_word(flattened: str, start: int) -> bool:
    """Whether a word goes on at `start`, so that none begins there."""
    before = start - 1
    while before >= 0 and flattened[before] == "\x00":
        before -= 1
    return before >= 0 and _WORD.match(flattened[before]) is not None


def _window(text: str, found: Sequence[Sequence[Span]], width: int) -> Span:
    """Where to cut: from the place from which most terms are in reach, with a little before it."""
    starts = sorted((start, number) for number, group in enumerate(found) for start, _ in group)
    best, most = None, 0
    last = 0
    for first, (start, _) in enumerate(starts):
        last = max(last, first)
        while last < len(starts) and starts[last][0] < start + width:
            last += 1
        reached = len({number for _, number in starts[first:last]})
        if reached > most:
            best, most = start, reached
        if most == len(found):
            break
    if best is None:
        start = len(text) - len(text.lstrip())
        return start, min(len(text), start + width)
    end = min(len(text), max(0, best - width // 4) + width)
    return max(0, end - width), end


def _merged(found: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _cut(text: str, start: int, end: int, hits: Sequence[Span]) -> Iterator[tuple[str, bool]]:
    at = start
    for hit_start, hit_end in hits:
        yield from _shown(text[at : max(at, hit_start)], False)
        yield from _shown(text[max(at, hit_start) : min(end, hit_end)], True)
        at = max(at, min(end, hit_end))
    yield from _shown(text[at:end], False)


def _shown(piece: str, hit: bool) -> Iterator[tuple[str, bool]]:
    """`piece` as one line, without characters that could steer what a reader sees."""
    kept = "".join(c for c, f in zip(piece, flat(piece), strict=True) if f != "\x00")
    if line := re.sub(r"\s+", " ", kept):
        yield line, hit
