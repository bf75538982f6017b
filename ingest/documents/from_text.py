"""A control page in running text: rows by tabs in the order of the headings, by labels, or by their grammar.

Grammar of a row: pages, chapter, notice, state, changer and day, approver and day. The state (A/1) and the days
are what every row has in a form of its own, so rows are found by them; the text may wrap anywhere between.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.documents.rows import row_of
from ingest.documents.source import SourceLine
from ingest.documents.words import COLUMNS
from ingest.facts import RevisionRow
from schemas.text import fold

Found = tuple[tuple[RevisionRow, ...], frozenset[str]]

_WORDS = {word: column for column, words in COLUMNS.items() for word in words}
_SPACED = "|".join(
    r"[ ]*".join(map(re.escape, word)) for word in sorted(_WORDS, key=len, reverse=True) if word != "批准"
)
_HEADING = re.compile(_SPACED)
_LABEL = re.compile(rf"(?P<label>{_SPACED}) *:")
_STATE = re.compile(r"(?<![a-z0-9/\-.])(?P<state>[a-z]{1,2} ?/ ?\d{1,2})(?![\d/.\-])")
_DAY = (
    r"(?:\d{4} ?[-./年] ?\d{1,2} ?[-./月] ?\d{1,2} ?日?|\d{8}|\d{2}[-./]\d{1,2}[-./]\d{1,2}|"
    r"[〇零一二三四五六七八九十]{4} ?年 ?[一二三四五六七八九十]{1,2} ?月 ?[一二三四五六七八九十]{1,3} ?日)"
)
_PERSON = re.compile(
    rf"[\s/,、|]*(?P<name>(?!第)[\u4e00-\u9fff·]{{2,4}}(?: ?[\u4e00-\u9fff])?)?[\s/,、|:]*(?P<day>{_DAY})"
    rf"|[\s/,、|]*(?P<alone>(?!第)[\u4e00-\u9fff·]{{2,4}})(?=[\s/,、|]|$)"
)
_NOTICE = re.compile(
    r"[a-z]{2,}[a-z0-9]*(?:[-/_.][a-z0-9]+)*\d+(?:[-/_.]\d+)*(?:号)?|\S*[〔\[(]\d{4}[〕\])]\S*号?|\d{4}-\d{1,4}(?!\.)"
)
_PAGES = re.compile(r"(?:第|p\.?)? ?(?P<pages>\d{1,4}(?: ?[-~、,，] ?\d{1,4})*) ?页?")
_CHAPTER = re.compile(
    r"第 ?[\d一二三四五六七八九十百]+ ?[章节条](?: ?\d+(?:\.\d+)*)?"
    r"|\d+(?:\.\d+)+(?: ?[、,~-] ?\d+(?:\.\d+)+)*"
    r"|附录 ?[a-z\d]+|全文|封面|目录"
)
_BODY = re.compile(
    r"\s*(?:第[一二三四五六七八九十\d]+[章节条篇]"
    r"|[1一](?:\.0)? ?[.、]? ?(?:目的|范围|总则|适用|概述|职责|通知|purpose))"
)
_RULE = re.compile(r"^[\s\-—_=＿|·.]*$")


def read(region: Sequence[SourceLine], edition: str) -> Found | None:
    """The rows in these lines and the columns they show; None when the lines name no columns."""
    lines = [line.text for line in region if not _RULE.match(line.text)]
    order = _order(lines)
    if len(order) < 3:
        return None
    rows = _labelled(lines, edition) or _tabbed(lines, order, edition) or _by_grammar(lines, edition)
    return tuple(rows), frozenset(order)


def headings_in(text: str) -> list[str]:
    """The columns that a text names, in its order."""
    return [_WORDS[match[0].replace(" ", "")] for match in _HEADING.finditer(fold(text))]


def looks_like_row(text: str) -> bool:
    """Whether a line holds a state and a day, as rows do."""
    folded = fold(text)
    return bool(_STATE.search(folded) and re.search(_DAY, folded))


def begins_body(text: str) -> bool:
    """Whether a line is the first heading of the text after the control page."""
    return bool(_BODY.match(fold(text))) and not looks_like_row(text)


def _order(lines: Sequence[str]) -> list[str]:
    """The columns by the first lines; a heading may be wrapped over several of them."""
    joined = "".join(re.sub(r"[ \t]+", " ", line) + "\n" for line in lines[:14])
    found = headings_in(re.sub(r"(?<=[通知])\s+(?=[单知])", "", joined))
    return list(dict.fromkeys(found))


def _labelled(lines: Sequence[str], edition: str) -> list[RevisionRow]:
    """Rows that repeat the label before every value: 修改页码:3 章节号:4.5 …"""
    text = "\n".join(lines)
    matches = list(_LABEL.finditer(fold(text)))
    if len({_WORDS[m["label"].replace(" ", "")] for m in matches}) < 4:
        return []
    rows, cells = [], dict[str, str]()
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        column = _WORDS[match["label"].replace(" ", "")]
        if column in cells:
            rows.append(row_of(cells, edition))
            cells = {}
        cells[column] = text[match.end() : following.start() if following else len(text)].strip(
            " \t\n,;，；。"
        )
    rows.append(row_of(cells, edition))
    return [row for row in rows if row is not None]


def _tabbed(lines: Sequence[str], order: Sequence[str], edition: str) -> list[RevisionRow]:
    """Rows whose cells are set off by tabs or bars, as many as there are headings; so an empty cell keeps its place."""
    rows = []
    for line in lines:
        if len(headings_in(line)) >= 3:
            continue
        for separator in ("\t", "|", "｜"):
            cells = line.strip("|｜").split(separator)
            if len(cells) == len(order) and len(order) >= 4:
                rows.append(row_of(dict(zip(order, cells, strict=True)), edition))
                break
        else:
            if _STATE.search(fold(line)):
                return []  # a row that does not fit: leave all of them to the grammar
    return [row for row in rows if row is not None]


def _by_grammar(lines: Sequence[str], edition: str) -> list[RevisionRow]:
    text = re.sub(r"\s+", " ", " ".join(_without_headings(line) for line in lines))
    text = re.sub(r"(?<=[A-Za-z0-9]-) (?=\d)", "", text)
    folded = fold(text)
    states = list(_STATE.finditer(folded))
    rows: list[RevisionRow | None] = []
    before = 0
    for index, state in enumerate(states):
        end = states[index + 1].start() if index + 1 < len(states) else len(text)
        people, used = _people(text[state.end() : end], folded[state.end() : end])
        cells = _before_state(text[before : state.start()], folded[before : state.start()])
        rows.append(row_of({**cells, **people, "state": state["state"]}, edition))
        before = state.end() + used
    return [row for row in rows if row is not None]


def _without_headings(line: str) -> str:
    """The line with column headings blanked out; a heading is never part of a row's values."""
    folded, out = fold(line), line
    if len(_HEADING.findall(folded)) >= 2 or _HEADING.fullmatch(folded.strip()):
        for match in reversed(list(_HEADING.finditer(folded))):
            out = out[: match.start()] + " " + out[match.end() :]
    return out


def _people(text: str, folded: str) -> tuple[dict[str, str], int]:
    """Changer and approver after a state, and how many characters they take."""
    cells: dict[str, str] = {}
    position = 0
    for key in ("changed_by", "approved_by"):
        match = _PERSON.match(folded, position)
        if match is None:
            break
        cells[key] = text[position : match.end()]
        position = match.end()
    return cells, position


def _before_state(text: str, folded: str) -> dict[str, str]:
    """Pages, chapter and notice before a state, in this order, any of them missing."""
    cells: dict[str, str] = {}
    notices = list(_NOTICE.finditer(folded))
    if notices:
        last = notices[-1]
        cells["notice"] = text[last.start() : last.end()]
        text, folded = text[: last.start()], folded[: last.start()]
    chapters = list(_CHAPTER.finditer(folded))
    first = chapters[0].start() if chapters else len(folded)
    if chapters:
        cells["chapter"] = text[first : chapters[-1].end()]
    numbers = list(_PAGES.finditer(folded[:first]))
    if numbers:
        cells["pages"] = numbers[0]["pages"]
        if not chapters and len(numbers) > 1:
            cells["chapter"] = numbers[1]["pages"]
    return cells
