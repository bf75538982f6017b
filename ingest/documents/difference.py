"""What differs between two revisions: by chapter and paragraph, by character in a sentence, moved parts as moved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import Indel

from ingest.documents.passages import Passage, passages_of
from ingest.documents.rows import chapter_key

CHANGED = 0.5
"""Likeness from which two paragraphs in the same place are one that was changed, and"""
SAME_NUMBER = 0.25
"""the same where both carry the same number."""
MOVED = 0.85
"""Likeness from which a paragraph in another place is one that was moved (and changed a little)."""
SHORT = 6
"""Shorter paragraphs are not looked for in other places: many are alike."""
_MOST = 4_000_000
"""Pairs of paragraphs that are compared to find moved ones; beyond it only equal ones are."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of characters: "same", "gone" (only in the old revision) or "new" (only in the new one)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of the comparison. `kind`: same, changed, renumbered, added, removed, moved.

    `chapter` is the number of the chapter in the new revision (the old one's for removed), `before` where it stood in
    the old revision, `section` counts the procedures of a manual from 1 (0: none).
    """

    kind: str
    chapter: str
    before: str
    section: int
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The paragraph as it reads in the new revision (in the old one where it was removed)."""
        unwanted = "new" if self.kind == "removed" else "gone"
        return "".join(p.text for p in self.pieces if p.kind != unwanted)


@dataclass(frozen=True, slots=True)
class ChapterChange:
    """How a chapter differs: how many of its paragraphs were changed, added, removed and moved."""

    section: int
    chapter: str
    title: str
    changed: int = 0
    added: int = 0
    removed: int = 0
    moved: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """The comparison in the order of the new revision, removed paragraphs where they stood; `chapters` are those in
    which the wording differs."""

    lines: tuple[Line, ...]
    chapters: tuple[ChapterChange, ...] = field(default=())

    @property
    def equal(self) -> bool:
        """Whether no paragraph differs."""
        return all(line.kind == "same" for line in self.lines)


def compare(old_text: str, new_text: str) -> Difference:
    """Compare the texts of two revisions as reading gives them; cover, contents and control page are left out."""
    return compare_passages(passages_of(old_text), passages_of(new_text))


def compare_passages(old: Sequence[Passage], new: Sequence[Passage]) -> Difference:
    """The same for passages."""
    pairs = _aligned(old, new)
    lines = tuple(_lines(old, new, pairs))
    return Difference(lines, tuple(_chapters(lines, old, new)))


Pairs = dict[int, tuple[int, str]]
"""Index in the new revision → (index in the old one, kind)."""


def _aligned(old: Sequence[Passage], new: Sequence[Passage]) -> Pairs:
    pairs: Pairs = {}
    gaps: list[tuple[range, range]] = []
    for op in Indel.opcodes([p.key for p in old], [p.key for p in new]):
        if op.tag == "equal":
            for shift in range(op.dest_end - op.dest_start):
                pairs[op.dest_start + shift] = (op.src_start + shift, "same")
        elif gaps and gaps[-1][0].stop == op.src_start and gaps[-1][1].stop == op.dest_start:
            before = gaps.pop()
            gaps.append((range(before[0].start, op.src_end), range(before[1].start, op.dest_end)))
        else:
            gaps.append((range(op.src_start, op.src_end), range(op.dest_start, op.dest_end)))
    for ours, theirs in gaps:
        _in_place(old, new, ours, theirs, pairs)
    _elsewhere(old, new, pairs)
    return pairs


def _in_place(
    old: Sequence[Passage], new: Sequence[Passage], ours: range, theirs: range, pairs: Pairs
) -> None:
    """Pair what stands between the same neighbours, in order, the most alike first."""
    if not ours or not theirs or len(ours) * len(theirs) > _MOST:
        return
    likeness = process.cdist(
        [old[i].body for i in ours], [new[j].body for j in theirs], scorer=Indel.normalized_similarity
    )
    found: list[tuple[float, int, int]] = []
    for a, i in enumerate(ours):
        for b, j in enumerate(theirs):
            numbered = bool(old[i].label) and old[i].label == new[j].label
            if likeness[a][b] >= (SAME_NUMBER if numbered else CHANGED):
                found.append((float(likeness[a][b]) + (0.5 if numbered else 0.0), i, j))
    taken: list[tuple[int, int]] = []
    for _, i, j in sorted(found, key=lambda f: (-f[0], f[1], f[2])):
        if all((i - x) * (j - y) > 0 for x, y in taken):
            taken.append((i, j))
            pairs[j] = (i, "renumbered" if old[i].body == new[j].body else "changed")


def _elsewhere(old: Sequence[Passage], new: Sequence[Passage], pairs: Pairs) -> None:
    """Pair what is left with its like in another place."""
    used = {i for i, _ in pairs.values()}
    gone = [i for i in range(len(old)) if i not in used and len(old[i].body) >= SHORT]
    come = [j for j in range(len(new)) if j not in pairs and len(new[j].body) >= SHORT]
    if not gone or not come or len(gone) * len(come) > _MOST:
        return
    likeness = process.cdist(
        [old[i].body for i in gone],
        [new[j].body for j in come],
        scorer=Indel.normalized_similarity,
        score_cutoff=MOVED,
    )
    found = [
        (float(likeness[a][b]), i, j)
        for a, i in enumerate(gone)
        for b, j in enumerate(come)
        if likeness[a][b] >= MOVED
    ]
    for _, i, j in sorted(found, key=lambda f: (-f[0], abs(f[1] - f[2]))):
        if i not in used and j not in pairs:
            used.add(i)
            pairs[j] = (i, "moved")


def _lines(old: Sequence[Passage], new: Sequence[Passage], pairs: Pairs) -> Iterator[Line]:
    used = {i for i, _ in pairs.values()}
    at = 0
    for j, passage in enumerate(new):
        pair = pairs.get(j)
        if pair is not None and pair[1] != "moved":
            yield from _removed(old, range(at, pair[0]), used)
            at = max(at, pair[0] + 1)
        if pair is None:
            yield Line("added", passage.chapter, "", passage.section, (Piece("new", passage.text),))
        else:
            before = old[pair[0]]
            pieces = (
                (Piece("same", passage.text),)
                if pair[1] == "same"
                else tuple(pieces_of(before.text, passage.text))
            )
            yield Line(pair[1], passage.chapter, before.chapter, passage.section, pieces)
    yield from _removed(old, range(at, len(old)), used)


def _removed(old: Sequence[Passage], span: range, used: set[int]) -> Iterator[Line]:
    for i in span:
        if i not in used:
            yield Line(
                "removed", old[i].chapter, old[i].chapter, old[i].section, (Piece("gone", old[i].text),)
            )


_TOKEN = re.compile(r"[A-Za-z0-9]+|.", re.DOTALL)


def pieces_of(old: str, new: str) -> Iterator[Piece]:
    """What differs, figures and Latin words whole and else by character. A single character left standing between two
    changes is taken into them."""
    was, now = _TOKEN.findall(old), _TOKEN.findall(new)
    ops = [
        (op.tag, "".join(was[op.src_start : op.src_end]), "".join(now[op.dest_start : op.dest_end]))
        for op in Indel.opcodes(was, now)
    ]
    gone = come = ""
    for index, (tag, before, after) in enumerate(ops):
        lone = tag == "equal" and len(before) == 1 and 0 < index < len(ops) - 1
        if tag == "equal" and not lone:
            yield from _change(gone, come)
            gone = come = ""
            yield Piece("same", before)
        else:
            gone, come = gone + before, come + after
    yield from _change(gone, come)


def _change(gone: str, come: str) -> Iterator[Piece]:
    if gone:
        yield Piece("gone", gone)
    if come:
        yield Piece("new", come)


def _chapters(
    lines: Sequence[Line], old: Sequence[Passage], new: Sequence[Passage]
) -> Iterator[ChapterChange]:
    titles = {(p.section, p.chapter): p.title for p in (*old, *new) if p.title}
    counts: dict[tuple[int, str], dict[str, int]] = {}
    for line in lines:
        if line.kind in ("changed", "added", "removed", "moved"):
            kinds = counts.setdefault((line.section, line.chapter), {})
            kinds[line.kind] = kinds.get(line.kind, 0) + 1
    for (section, chapter), kinds in counts.items():
        yield ChapterChange(section, chapter, titles.get((section, chapter), ""), **kinds)


@dataclass(frozen=True, slots=True)
class Claim:
    """A chapter that the control page names for a revision, and whether its wording really differs."""

    chapter: str
    differs: bool


def claims_of(named: Sequence[str], difference: Difference) -> tuple[tuple[Claim, ...], tuple[str, ...]]:
    """Each chapter that the control page names beside whether it differs, and the chapters that differ unnamed.

    A row that names the whole text (全文), or no chapter by number, covers everything.
    """
    keys = [
        [chapter_key(n) for n in re.findall(r"\d+(?:\.\d+)*", re.sub(r"第 ?\d+ ?[章节篇部]", "", one))]
        for one in named
    ]
    differing = {chapter_key(c.chapter): c.chapter for c in difference.chapters if c.chapter}
    touched = {chapter_key(x.chapter) for x in difference.lines if x.kind != "same"}
    claims = tuple(
        Claim(
            one,
            any(_covers(key, d) or _covers(d, key) for key in k for d in touched)
            if k
            else not difference.equal,
        )
        for one, k in zip(named, keys, strict=True)
    )
    if any(not k for k in keys):
        return claims, ()
    covered = [key for k in keys for key in k]
    unnamed = tuple(
        written for key, written in differing.items() if not any(_covers(c, key) for c in covered)
    )
    return claims, unnamed


def _covers(above: str, key: str) -> bool:
    return key == above or key.startswith(above + ".")
