"""The cover of a controlled document, and the running header that repeats its number and revision."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from ingest.documents import from_text
from ingest.documents.rows import person_and_day
from ingest.documents.source import LONGEST, SourceLine, squeezed
from ingest.documents.words import COMPANY_END, COVER_LABELS, TITLE_END
from schemas.dates import find_dates, parse_date
from schemas.revisions import Revision, parse_revision
from schemas.text import fold

KIND = {label: kind for kind, labels in COVER_LABELS.items() for label in labels}
_STRONG = frozenset({"prepared", "reviewed", "approved", "revision", "change", "effective", "issued"})
LABEL = re.compile(
    "|".join(r"[ \u3000]*".join(map(re.escape, label)) for label in sorted(KIND, key=len, reverse=True))
)
_NUMBER = re.compile(
    r"[a-z]{1,8}\d*(?:[-/._][a-z0-9\u4e00-\u9fff]+)*(?:[-/._]?\d+)*|[\u4e00-\u9fff]{1,6}[〔\[(]\d{4}[〕\])]\d+号?|\d+(?:[-/.]\d+)+"
)
_LINES = 60
SIGNERS = ("prepared", "reviewed", "approved")


@dataclass(slots=True)
class Cover:
    """What the cover says; texts as written, "" where it says nothing."""

    number: str = ""
    title: str = ""
    version: str = ""
    change: str = ""
    people: dict[str, str] = field(default_factory=dict)
    """prepared, reviewed, approved → name."""
    days: dict[str, date] = field(default_factory=dict)
    """prepared, reviewed, approved, issued, effective → day."""
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    """(which day, what is written) where a day is written that none can read."""
    copy_number: str = ""
    holder: str = ""
    control: str = ""
    department: str = ""
    labels: set[str] = field(default_factory=set)
    """Kinds of labels that were printed, with or without a value."""

    @property
    def revision(self) -> Revision | None:
        """The revision; an edition without a number of changes counts as unchanged."""
        for text in (self.change, self.version + "/" + self.change if self.change else "", self.version):
            if text and not re.fullmatch(r"\d+", text):
                try:
                    return parse_revision(text)
                except ValueError:
                    continue
        return None

    @property
    def edition_only(self) -> bool:
        """Whether the cover names the edition and leaves open how often it was changed."""
        return not self.change and bool(re.fullmatch(r"第?[a-z]{1,2}版?[本次]?", fold(self.version)))


def cover_of(lines: Sequence[SourceLine], skip: frozenset[int]) -> Cover:
    """The cover: the lines before the control page, the contents and the first chapter. `skip` are the lines of the
    control page."""
    cover = Cover()
    kept = list(_region(lines, skip))
    values = [pair for line in kept for pair in _pairs(line)]
    _fill(cover, _with_following(values))
    cover.title = cover.title or _title(lines, kept)
    return cover


def header_of(lines: Iterable[SourceLine]) -> Cover:
    """What the running header and footer say of number and revision."""
    cover = Cover()
    margin = [line for line in lines if line.kind in ("header", "footer")]
    _fill(cover, _with_following([pair for line in margin for pair in _pairs(line)]))
    return cover


def _region(lines: Sequence[SourceLine], skip: frozenset[int]) -> Iterator[SourceLine]:
    taken = 0
    first_skipped = min(skip, default=len(lines))
    for index, line in enumerate(lines):
        if line.kind not in ("text", "table") or index in skip:
            continue
        body = from_text.begins_body(line.text) or line.plain in ("目录", "目次", "contents")
        if taken >= _LINES or (body and line.kind == "text") or (index > first_skipped and line.page > 1):
            return
        taken += 1
        yield line


Pair = tuple[str, str]
"""(kind of label, what stands after it); kind "" for text without a label."""


def _pairs(line: SourceLine) -> Iterator[Pair]:
    if line.block is None:
        yield from _in_text(line.text)
        return
    rows = line.block.rows
    done: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if (number, column) in done or not cell.strip():
                continue
            kind = KIND.get(re.sub(r"[:：]+$", "", squeezed(cell)), "")
            if not kind:
                for part in cell.split("\n"):
                    yield from _in_text(part[:LONGEST])
                continue
            place = _value_cell(rows, number, column)
            done.add(place)
            yield kind, rows[place[0]][place[1]].strip() if place != (number, column) else ""
            beyond = _beyond(rows, (number, column), place)
            if kind in SIGNERS and beyond is not None:
                done.add(beyond)
                yield "dated", rows[beyond[0]][beyond[1]].strip()


def _value_cell(rows: Sequence[Sequence[str]], number: int, column: int) -> tuple[int, int]:
    """Where a label's value stands: the next cell to the right, else the one below where labels head columns."""
    row = rows[number]
    right = next((c for c in range(column + 1, len(row)) if row[c].strip()), None)
    if right is not None and not _is_label(row[right]):
        return number, right
    if number + 1 < len(rows) and column < len(rows[number + 1]) and not _is_label(rows[number + 1][column]):
        return number + 1, column
    return number, column


def _beyond(
    rows: Sequence[Sequence[str]], label: tuple[int, int], value: tuple[int, int]
) -> tuple[int, int] | None:
    """The cell after a signer's name, in the direction from label to name, when it holds a day."""
    if value == label:
        return None
    down = value[0] > label[0]
    row, column = (value[0] + 1, value[1]) if down else (value[0], value[1] + 1)
    while not down and column < len(rows[row]) and not rows[row][column].strip():
        column += 1
    if row < len(rows) and column < len(rows[row]) and find_dates(rows[row][column]):
        return row, column
    return None


def _is_label(cell: str) -> bool:
    return re.sub(r"[:：]+$", "", squeezed(cell)) in KIND


_DAY_FIRST = re.compile(r"^[\s:]*(?P<kind>发布|颁布|实施|施行|生效|执行)(?![日方])")


def _days_first(text: str) -> list[Pair]:
    """Days that stand before their word, as on the covers of standards: 2024-04-01 发布 2024-04-15 实施."""
    folded, pairs = fold(text), []
    for found in find_dates(text):
        match = _DAY_FIRST.match(folded[found.end :])
        if match:
            kind = "issued" if match["kind"] in ("发布", "颁布") else "effective"
            pairs.append((kind, found.written))
    return pairs


def _in_text(text: str) -> Iterator[Pair]:
    if pairs := _days_first(text):
        yield from pairs
        return
    folded = fold(text)
    found = [m for m in LABEL.finditer(folded) if stands_as_label(folded, m)]
    if not found:
        yield "", text.strip()
        return
    if head := text[: found[0].start()].strip():
        yield "", head
    for match, following in zip(found, [*found[1:], None], strict=True):
        kind = KIND[re.sub(r"\s+", "", match[0])]
        end = following.start() if following else len(text)
        yield kind, text[match.end() : end].strip().lstrip(":：").strip(" \t|｜,，;；、")


def stands_as_label(folded: str, match: re.Match[str]) -> bool:
    """A word is a label when a colon follows, or when it stands alone between blanks; never inside a longer word."""
    after = folded[match.end() :].lstrip(" ")
    before = folded[: match.start()][-1:]
    kind = KIND[re.sub(r"\s+", "", match[0])]
    if after.startswith(":"):
        return not ("\u4e00" <= before <= "\u9fff") or kind in _STRONG
    if before and not before.isspace() and before not in "|/":
        return False
    return not after or folded[match.end() : match.end() + 1] in (" ", "|")


def _with_following(pairs: Sequence[Pair]) -> list[Pair]:
    """A label without a value takes the unlabelled text after it, as a scan reads cells one by one."""
    out: list[Pair] = []
    for kind, text in pairs:
        if (
            out
            and out[-1][0] not in ("", "other", "title")
            and not out[-1][1]
            and not kind
            and _fits(out[-1][0], text)
        ):
            out[-1] = (out[-1][0], text)
        else:
            out.append((kind, text))
    return out


def _fits(kind: str, text: str) -> bool:
    if kind in ("dated", "effective", "issued"):
        return bool(find_dates(text))
    if kind in SIGNERS:
        return bool(re.fullmatch(r"[\u4e00-\u9fff· ]{2,6}", text)) and not TITLE_END.search(text)
    if kind == "number":
        return bool(_NUMBER.fullmatch(fold(text)))
    return len(text) <= 20


def _fill(cover: Cover, pairs: Sequence[Pair]) -> None:
    signer = ""
    for kind, text in pairs:
        if kind:
            cover.labels.add(kind)
        if kind in SIGNERS:
            signer = kind
            name, day = person_and_day(text)
            if name and kind not in cover.people:
                cover.people[kind] = name
            _day(cover, kind, day)
        elif kind == "dated":
            _day(cover, signer or "effective", text)
            signer = ""
        elif kind in ("issued", "effective"):
            _day(cover, kind, text)
            signer = ""
        elif kind:
            _plain(cover, kind, text)


def _day(cover: Cover, kind: str, written: str) -> None:
    if not written or kind in cover.days:
        return
    found = parse_date(written) or next((f.date for f in find_dates(written)), None)
    if found:
        cover.days[kind] = found
    elif re.search(r"\d{2}", written):
        cover.unreadable.append((kind, written))


def _plain(cover: Cover, kind: str, text: str) -> None:
    if kind == "number" and not cover.number:
        match = _NUMBER.match(fold(text))
        cover.number = text[: match.end()].strip() if match and match.end() else ""
    elif kind == "title":
        cover.title = cover.title or text
    elif kind == "revision" and not cover.version:
        cover.version = _short(text)
    elif kind == "change" and not cover.change:
        cover.change = re.sub(r"^第|次(?:修改|修订)?$", "", _short(text))
    elif kind == "copy":
        cover.copy_number = cover.copy_number or _short(text)
    elif kind == "holder":
        cover.holder = cover.holder or text
    elif kind == "control":
        chosen = re.search(r"[☑☒■√✓✔]\s*([\u4e00-\u9fff]+)", text)
        cover.control = cover.control or (chosen[1] if chosen else _short(text))
    elif kind == "department":
        cover.department = cover.department or text


def _short(text: str) -> str:
    return re.split(r"\s{2,}|\t", text.strip())[0].replace(" ", "")


def _title(lines: Sequence[SourceLine], kept: Sequence[SourceLine]) -> str:
    """The title: the unlabelled cover line that the body repeats as its heading, else the last that reads like one."""
    loose = [text for line in kept for kind, text in _pairs(line) if not kind]
    loose = [text for text in loose if 2 <= len(squeezed(text)) <= 40 and re.search(r"[^\W\d_]{2}", text)]
    loose = [text for text in loose if not COMPANY_END.search(squeezed(text))]
    ended = [text for text in loose if TITLE_END.search(squeezed(text))]
    headings = {line.plain for line in lines if line.level == 1}
    repeated = {line.plain for line in lines if line.kind == "text" and line not in kept}
    sure = [t for t in loose if squeezed(t) in headings] + [t for t in ended if squeezed(t) in repeated]
    if sure or ended:
        return _unspaced(sure[0] if sure else ended[-1])
    first = next((line.text for line in lines if line.level == 1 and line.kind == "text"), "")
    others = [text for text in loose if not re.search(r"[:：。;；]", text)]
    return _unspaced(first or (others[-1] if others else ""))


def _unspaced(text: str) -> str:
    """A title without the blanks that spread it over the cover; blanks between Latin words stay."""
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", text).strip()
