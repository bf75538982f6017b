"""Pages become records: split, named, and read field by field. Knows no database and no clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ingest.facts import Page, RecordFacts, Value
from ingest.ocr.straighten import upright
from ingest.understand.agree import agreed
from ingest.understand.calibration import KINDS, measured
from ingest.understand.checks import across
from ingest.understand.classify import Classifier
from ingest.understand.coded import call_by_code, with_code
from ingest.understand.labels import LabelledSheet
from ingest.understand.layout import sheet_of
from ingest.understand.picture import Picture, Signed
from ingest.understand.record import record_of
from ingest.understand.split import by_hand, page_of, split
from ingest.understand.vocabulary import Vocabulary, clean_label
from schemas.model import Pack

__all__ = ["understand"]


def understand(
    pages: Sequence[Page],
    pack: Pack,
    image_of: Callable[[int], NDArray[np.uint8]] | None = None,
    parts: Sequence[Sequence[int]] | None = None,
    *,
    raw: bool = False,
) -> tuple[RecordFacts, ...]:
    """The records of one file.

    `pages` are its pages in order, as read from text or by `ingest.ocr.recognise`. `image_of(number)`
    gives the pixels of the page with that number as they were given to `recognise` (H×W×3 RGB or H×W gray,
    not turned); without it signatures, seals and strokes are not looked for. A record whose type is not
    sure has `type` None. Confidences are shares expected right (`ingest.understand.calibration`); `raw` leaves
    them as the rules give them, for measuring.
    `parts` are the page numbers of each record where a person set them; other pages are left out.
    """
    vocabulary, classifier, owner_labels = _of_pack(pack)
    sheets = [LabelledSheet(sheet_of(page), vocabulary) for page in pages]
    records = []
    parted = split(sheets, classifier) if parts is None else by_hand(sheets, parts, classifier)
    for group in parted:
        pages_of = [_signed(sheet, image_of) for sheet in group.sheets]
        call, clashes = call_by_code(group, classifier.call(group.sheets), pack)
        record = with_code(record_of(pages_of, call, owner_labels), group)
        records.append(replace(record, problems=(*clashes, *record.problems)))
    found = agreed(_with_batch(records, sheets, pack))
    return found if raw else tuple(_calibrated(record, pack) for record in found)


def _with_batch(
    records: Sequence[RecordFacts], sheets: Sequence[LabelledSheet], pack: Pack
) -> list[RecordFacts]:
    """The records with what their file shows of registers that were scanned in several parts."""
    printed = {s.sheet.page.number: numbered for s in sheets if (numbered := page_of(s))}
    parts: dict[tuple[str, int], list[int]] = {}
    for place, record in enumerate(records):
        kind = pack.record_types.get(record.type or "")
        if kind is not None and kind.kind == "register" and record.register_page:
            parts.setdefault((kind.code, record.register_page[1]), []).append(place)
    result = list(records)
    for places in (p for p in parts.values() if len(p) > 1):
        numbers = [[printed[n][0] for n in records[i].pages if n in printed] for i in places]
        for i, more in zip(places, across([records[i] for i in places], numbers), strict=True):
            result[i] = replace(result[i], problems=(*result[i].problems, *more))
    return result


def _calibrated(record: RecordFacts, pack: Pack) -> RecordFacts:
    """The record with confidences that are shares; what a code says of itself stays as sure as it is."""
    table = measured()
    kind = pack.record_types.get(record.type or "")
    roles = {spec.code: spec.role for spec in kind.fields if spec.role in KINDS} if kind else {}

    def value(v: Value) -> Value:
        known = v.origin == "ocr" and v.value and v.code in roles
        return replace(v, confidence=round(table.share(roles[v.code], v.confidence), 4)) if known else v

    return replace(
        record,
        type_confidence=round(table.share("type", record.type_confidence), 4)
        if kind
        else record.type_confidence,
        fields=tuple(value(v) for v in record.fields),
        rows=tuple(value(v) for v in record.rows),
    )


def _signed(sheet: LabelledSheet, image_of: Callable[[int], NDArray[np.uint8]] | None) -> Signed:
    picture = _picture(sheet.sheet.page, image_of)
    return Signed(sheet.ruled(lambda: picture.seen.grid) if picture else sheet, picture)


def _picture(page: Page, image_of: Callable[[int], NDArray[np.uint8]] | None) -> Picture | None:
    """Only scanned pages carry ink; the text of a born-digital page is all there is of it."""
    if image_of is None or page.origin != "ocr":
        return None
    return Picture(lambda: upright(image_of(page.number), page.turned, page.skew))


_known: dict[str, tuple[Vocabulary, Classifier, frozenset[str]]] = {}


def _of_pack(pack: Pack) -> tuple[Vocabulary, Classifier, frozenset[str]]:
    """What is made of a pack once, for the last pack used: making it costs more than reading a short form."""
    if pack.version not in _known:
        owner_labels = frozenset(
            clean_label(name)
            for kind in pack.record_types.values()
            for spec in kind.fields
            if spec.role == "owner"
            for name in (spec.label_zh, *spec.aliases)
        )
        _known.clear()
        _known[pack.version] = Vocabulary.of_pack(pack), Classifier(pack), owner_labels
    return _known[pack.version]
