"""Which pages of a file belong together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.slips import Slip, same_form, slip_of
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
    """Pages of one record so far. `slip` is the code on its first page, `cover` that of the sheet before
    it."""

    sheets: list[LabelledSheet] = field(default_factory=list)
    call: Call = field(default_factory=lambda: Call(None, 0.0))
    slip: Slip | None = None
    cover: Slip | None = None

    def lacks(self, slip: Slip) -> bool:
        """Whether a page with this code is one of this printed form that is not here yet."""
        if not self.slip or not same_form(self.slip, slip):
            return False
        return all(found is None or found.page != slip.page for found in map(slip_on, self.sheets))

    def in_order(self) -> None:
        """Pages of a form that we printed as they were printed; one without a readable code stays behind its
        neighbour."""
        if self.slip is None or not self.slip.serial:
            return
        place, keys = 0, []
        for sheet in self.sheets:
            found = slip_on(sheet)
            place = found.page if found else place
            keys.append(place)
        order = sorted(range(len(keys)), key=lambda i: (keys[i], i))
        self.sheets = [self.sheets[i] for i in order]


def slip_on(sheet: LabelledSheet) -> Slip | None:
    """What our own code on a page says; None without one, or with two that disagree."""
    slips = {slip for text in sheet.sheet.page.codes if (slip := slip_of(text))}
    return slips.pop() if len(slips) == 1 else None


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
    """The groups of pages that are one record each, in order; blank pages and cover sheets belong to none.

    A cover sheet that names a type holds for all pages up to the next one; one that names only a house leaves
    the splitting to the pages.
    """
    groups: list[Group] = []
    cover: Slip | None = None
    apart = True
    for sheet in sheets:
        slip = slip_on(sheet)
        if slip is not None and slip.kind == "cover":
            cover, apart = slip, True
            continue
        if sheet.sheet.page.blank or not sheet.sheet.pieces:
            apart = apart or cover is None or not cover.type
            continue
        call = classifier.call([sheet])
        printed = next((g for g in groups if slip is not None and slip.serial and g.lacks(slip)), None)
        if printed is not None:  # its pages know each other, however they were laid on the scanner
            printed.sheets.append(sheet)
            apart = False
            continue
        covered = bool(groups) and cover is not None and bool(cover.type) and groups[-1].cover is cover
        if covered or (
            groups and groups[-1].cover is cover and _goes_on(groups[-1], sheet, slip, call, apart)
        ):
            groups[-1].sheets.append(sheet)
        else:
            groups.append(Group([sheet], call, slip, cover))
        apart = False
    for group in groups:
        group.in_order()
    return groups


def by_hand(
    sheets: Sequence[LabelledSheet], parts: Sequence[Sequence[int]], classifier: Classifier
) -> list[Group]:
    """The groups that a person set, by page numbers."""
    pages = {sheet.sheet.page.number: sheet for sheet in sheets}
    found = [[pages[number] for number in part if number in pages] for part in parts]
    return [Group(group, classifier.call([group[0]]), slip_on(group[0])) for group in found if group]


def _goes_on(group: Group, sheet: LabelledSheet, slip: Slip | None, call: Call, apart: bool) -> bool:
    """By the printed code where both pages carry one, else by what is printed."""
    if slip is not None:
        before = slip_on(group.sheets[-1])
        return slip.page > 1 and before is not None and not slip.serial and same_form(before, slip)
    return _continues(group, sheet, call, apart)


def _continues(group: Group, sheet: LabelledSheet, call: Call, after_blank: bool) -> bool:
    """Whether a page goes on with the record before it."""
    last = next((found for s in reversed(group.sheets) if (found := page_of(s))), None)
    this = page_of(sheet)
    same_kind = (
        call.kind is not None and group.call.kind is not None and call.kind.code == group.call.kind.code
    )
    if call.title is not None and call.kind is not None:
        numbered = (
            last is not None and this is not None and this[1] == last[1] and this[0] != 1 and last[1] > 1
        )
        unread = last is not None and last[0] < last[1] and this is None and bool(sheet.headers)
        return same_kind and (numbered or unread)
    if this is not None and last is not None:
        return this[1] == last[1] and this[0] > last[0]
    if this is not None and this[0] == 1:
        return False
    if after_blank:
        return False
    before, first = _last_article(group.sheets[-1]), _first_article(sheet)
    if before is not None and first is not None and first == before + 1:
        return True
    awaited = last is not None and last[0] < last[1] and this is None and call.title is None
    if headline(sheet.sheet) is not None and not awaited:
        return False
    if awaited and call.kind is None:
        return True
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
