"""The steps of reading one file, in order: limits → kind → content → recognition → understanding.

Runs inside the child process (`ingest.child`). Whatever is expected to go wrong comes back as a coded
problem; what is not is caught one level up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from ingest import documents, sniff
from ingest.facts import FileFacts, FileState, Limits, Page, Problem, RecordFacts
from ingest.formats import content_of, is_kept
from ingest.problems import REFUSED, UNREADABLE, problem, state_of
from ingest.read.content import Content, Image
from ingest.slips import slip_of
from schemas.model import Pack

Recognise = Callable[..., Page]
Understand = Callable[..., Sequence[RecordFacts]]
Notice = Callable[[int], None]

_FATAL = REFUSED | UNREADABLE


@dataclass(frozen=True, slots=True)
class ByHand:
    """Where a person said that records begin: the pages of each, and by how many degrees clockwise pages lie turned."""

    parts: tuple[tuple[int, ...], ...]
    turned: Mapping[int, int]


@dataclass(slots=True)
class Pipeline:
    """Reads files by one pack. `notice` is told, before recognition begins, how many pages will need it.

    `recognise` and `understand` are those of `ingest.ocr` and `ingest.understand` unless a test brings its
    own; they are imported only when a file needs them, since born-digital text needs no recognition.
    """

    pack: Pack
    notice: Notice = lambda pages: None
    recognise: Recognise | None = None
    understand: Understand | None = None
    ocr: str = ""
    """The engine that reads scans, by its name in `ingest.ocr.ENGINES` ("": the default)."""

    def read(self, path: Path, name: str, limits: Limits, by_hand: ByHand | None = None) -> FileFacts:
        """Everything that the file says; `by_hand` sets what its records are. OSError: it cannot be opened."""
        sniffed = sniff.sniff(path, name, limits)
        if any(p.code in _FATAL for p in sniffed.problems):
            return FileFacts(state_of(sniffed.problems), sniffed.media_type, problems=sniffed.problems)
        content = content_of(path, sniffed.media_type, limits)
        try:
            return self._facts(_remembering(content), sniffed.problems, by_hand)
        finally:
            if content.close:
                content.close()

    def _facts(self, content: Content, noticed: tuple[Problem, ...], by_hand: ByHand | None) -> FileFacts:
        problems = noticed + content.problems
        if any(p.code in _FATAL and p.code != "damaged_partly" for p in content.problems):
            return FileFacts(state_of(problems), content.media_type, content.pages, problems=problems)
        pages, found = self._recognised(content, by_hand)
        problems += found
        records: tuple[RecordFacts, ...] = ()
        if is_kept(content.media_type):
            # Their text is searchable, yet what a person sees is the original: it is kept, not filed as read.
            problems += (problem("kept_with_text", actual=sniff.name_of(content.media_type)),)
            records = (_unnamed(pages),)
        state = state_of(problems)
        if state is FileState.READ:
            records = self._records(replace(content, pages=pages), by_hand)
        return FileFacts(state, content.media_type, pages, records, problems)

    def _recognised(
        self, content: Content, by_hand: ByHand | None
    ) -> tuple[tuple[Page, ...], tuple[Problem, ...]]:
        if not content.to_recognise or content.image is None:
            return content.pages, ()
        self.notice(len(content.to_recognise))
        try:
            recognise = self.recognise or _recognise(self.ocr)
        except ImportError as error:
            return content.pages, (_no_engine(error, content),)
        pages, unreadable = [], []
        for page in content.pages:
            if page.number in content.to_recognise:
                try:
                    pixels = content.image(page.number)
                    dpi = content.dpi(page.number) if content.dpi else None
                    lies = by_hand.turned.get(page.number, 0) if by_hand else 0
                    page = recognise(turned_back(pixels, lies), dpi, number=page.number)
                    page = replace(page, turned=(page.turned + lies) % 360)
                except MemoryError:
                    raise
                except ImportError as error:
                    return content.pages, (_no_engine(error, content),)
                except Exception:  # decoders and engines raise many kinds; one page must not cost the others
                    unreadable.append(page.number)
            pages.append(page)
        if unreadable and len(unreadable) == len(content.pages):
            return tuple(pages), (problem("damaged", reason="图像数据不完整"),)
        return tuple(pages), (problem("page_unreadable", pages=_numbers(unreadable)),) if unreadable else ()

    def _records(self, content: Content, by_hand: ByHand | None) -> tuple[RecordFacts, ...]:
        if by_hand is not None:
            understand = self.understand or _understand()
            return tuple(understand(content.pages, self.pack, content.image, by_hand.parts))
        coded = any(page.codes and any(map(slip_of, page.codes)) for page in content.pages)
        record = None if coded else documents.record_of(content, self.pack)
        if record is not None:
            return (record,)
        understand = self.understand or _understand()
        return tuple(understand(content.pages, self.pack, content.image))


def turned_back(pixels: Image, degrees: int) -> Image:
    """An image turned counter-clockwise by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(pixels, degrees // 90)) if degrees else pixels


def _remembering(content: Content) -> Content:
    """Page images are asked for by recognition and again by understanding: the last few are kept (12 MB each)."""
    return content if content.image is None else replace(content, image=lru_cache(maxsize=8)(content.image))


def _unnamed(pages: Sequence[Page]) -> RecordFacts:
    """One record without a type, so that its text can be found."""
    numbers = tuple(page.number for page in pages)
    return RecordFacts(numbers, None, 0.0, "", "\n\f\n".join(page.text for page in pages))


def _numbers(pages: Sequence[int]) -> str:
    return "、".join(map(str, pages[:20])) + ("…" if len(pages) > 20 else "")


def _no_engine(error: ImportError, content: Content) -> Problem:
    reason = error.name or error
    return problem("ocr_unavailable", reason=reason, pages=_numbers(sorted(content.to_recognise)))


def _recognise(name: str) -> Recognise:
    from ingest import ocr

    return partial(ocr.recognise, engine=ocr.engine_named(name))


def _understand() -> Understand:
    from ingest import understand

    return understand.understand
