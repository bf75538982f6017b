"""Which pages of a file belong together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.understand.classify import Call, Classifier
from ingest.understand.labels import LabelledSheet
from ingest.understand.layout import compact
from ingest.understand.titles import headline
from schemas.numerals import chinese_number

_PAGE_OF = re.compile(
    r"第(\d{1,4}|[一二三四五六七八九十百]{1,5})页[,，/／;；、]?共(\d{1,4}|[一二三四五六七八九十百]{1,5})页"
)
_PAGE_ENGLISH = re.compile(r"page(\d{1,4})of(\d{1,4})")
_ARTICLE = re.compile(r"^(?:第)?([一二三四五六七八九十百]{1,5}|\d{1,3})(?:条|[、.．])")


@dataclass(slots=True)
class Group:
    """Pages of one record so far."""

    sheets: list[LabelledSheet] = field(default_factory=list)
    call: Call = field(default_factory=lambda: Call(None, 0.0))


def page_of(sheet: LabelledSheet) -> tuple[int, int] | None:
    """第N页 共M页 as printed on a page."""
    for row in reversed(sheet.sheet.rows):
        text = compact("".join(p.text for p in row))[0]
        match = _PAGE_OF.search(text) or _PAGE_ENGLISH.search(text)
        if match:
            number, of = _number(match[1]), _number(match[2])
            if number and of:
                return number, of
    return None


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else chinese_number(text)


def split(sheets: Sequence[LabelledSheet], classifier: Classifier) -> list[Group]:
    """The groups of pages that are one record each, in order; blank pages belong to none."""
    groups: list[Group] = []
    after_blank = True
    for sheet in sheets:
        if sheet.sheet.page.blank or not sheet.sheet.pieces:
            after_blank = True
            continue
        call = classifier.call([sheet])
        if groups and _continues(groups[-1], sheet, call, after_blank):
            groups[-1].sheets.append(sheet)
        else:
            groups.append(Group([sheet], call))
        after_blank = False
    return groups


def _continues(group: Group, sheet: LabelledSheet, call: Call, after_blank: bool) -> bool:
    """Whether a page goes on with the record before it."""
    last, this = page_of(group.sheets[-1]), page_of(sheet)
    same_kind = (
        call.kind is not None and group.call.kind is not None and call.kind.code == group.call.kind.code
    )
    if call.title is not None and call.kind is not None:
        numbered = (
            last is not None and this is not None and this[1] == last[1] and this[0] != 1 and last[1] > 1
        )
        return same_kind and numbered
    if this is not None and last is not None:
        return this[1] == last[1] and this[0] > last[0]
    if this is not None and this[0] == 1:
        return False
    if after_blank:
        return False
    before, first = _last_article(group.sheets[-1]), _first_article(sheet)
    if before is not None and first is not None and first == before + 1:
        return True
    if headline(sheet.sheet) is not None:
        return False
    return call.kind is None or same_kind


def _articles(sheet: LabelledSheet) -> list[int]:
    found = []
    for row in sheet.sheet.rows:
        match = _ARTICLE.match(compact(row[0].text)[0])
        if match and (number := _number(match[1])) is not None:
            found.append(number)
    return found


def _first_article(sheet: LabelledSheet) -> int | None:
    return next(iter(_articles(sheet)), None)


def _last_article(sheet: LabelledSheet) -> int | None:
    return next(iter(reversed(_articles(sheet))), None)
