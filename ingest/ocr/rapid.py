"""The models that RapidOCR's wheel brings, run by OpenVINO in single precision on one thread.

Detection works on a shrunk page (the figures are in docs/decisions/); reading works on full resolution.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.ocr.engine import Found, Image, Reading
from ingest.ocr.seals import bleached, seal_areas
from ingest.ocr.straighten import character_height, content, shrunk, to_gray, to_rgb

TEXT_HEIGHT = 16
"""Pixels that characters of a page's usual size are high where text is looked for."""
_SIDES = (960, 2272)
"""Least and most pixels of a page's longer side there: an A4 form needs some 1,280, a table of small print more."""
_DETECT_STEP = 64
"""Sides are rounded to a multiple of this many pixels, so that few shapes of the network are prepared."""
_ROW = 48
"""Pixels of height of a line as the reading network takes it."""
_STEP = 32
"""Widths are rounded up to a multiple of this many pixels, of four times as many from _BROAD on."""
_BROAD = 640
_TALL = 1.6
"""A box this many times higher than wide is a column of characters."""
_NUMBER = 7
"""Figures from which a text is a telephone, identity or certificate number."""
_WIDE = 1.6
"""How much wider such a number is drawn for its second reading."""
_LONG, _NARROW = 6, 0.75
"""A line this many times wider than high is running text, which reads as well drawn narrower."""
_SURE = 0.85
"""A page whose longest lines read with this median confidence stands upright."""

Floats = NDArray[np.float32]
Box = tuple[int, int, int, int]


class RapidEngine:
    """Text recognition in Chinese (both scripts) and English with PP-OCR models; needs no network."""

    def __init__(self, text_height: float = TEXT_HEIGHT) -> None:
        self._text_height = text_height

    @cached_property
    def _networks(self) -> _Networks:
        return _Networks()

    def read(self, page: Image, dpi: int | None = None) -> Reading:
        """See `Engine.read`: turns are told by the shape of the boxes, then by how surely lines read either way."""
        rgb, turned = _without_seals(page), 0
        longest = self._longest(to_gray(rgb))
        boxes = self._boxes(rgb, longest)
        if _sideways(boxes):
            rgb, turned = np.ascontiguousarray(np.rot90(rgb)), 90
            boxes = self._boxes(rgb, longest)
        sample = _sample(boxes)
        read = self._read(rgb, sample)
        if sample and _certainty(read) < _SURE:
            over = np.ascontiguousarray(np.rot90(rgb, 2))
            read_over = self._read(over, [_turned_over(box, over) for box in sample])
            if _certainty(read_over) > _certainty(read):
                rgb, turned, read = over, turned + 180, read_over
                boxes, sample = ([_turned_over(box, over) for box in list] for list in (boxes, sample))
        seen = set(sample)
        rest = [box for box in boxes if box not in seen]
        return Reading(turned, _found([*sample, *rest], [*read, *self._read(rgb, rest)]))

    def _longest(self, gray: Image) -> int:
        """Pixels of the longer side at which text is looked for: no more than the page's own characters need."""
        usual = character_height(gray)
        longer = max(gray.shape)
        return (
            round(min(_SIDES[1], max(_SIDES[0], longer * self._text_height / usual))) if usual else _SIDES[0]
        )

    def _read(self, rgb: Image, boxes: Sequence[Box]) -> list[tuple[str, float]]:
        return self._networks.read([_cut(rgb, box) for box in boxes])

    def _boxes(self, rgb: Image, longest: int) -> list[Box]:
        """Text is sought only where there are marks: forms seldom fill their sheet."""
        area = content(to_gray(rgb))
        if area is None:
            return []
        left, top, right, bottom = area
        inner = np.ascontiguousarray(rgb[top:bottom, left:right])
        boxes = self._networks.detect(inner, round(longest * max(inner.shape[:2]) / max(rgb.shape[:2])))
        return list(dict.fromkeys((left + b[0], top + b[1], left + b[2], top + b[3]) for b in boxes))


def _without_seals(page: Image) -> Image:
    return bleached(page, seal_areas(page)) if page.ndim == 3 else to_rgb(page)


def _sideways(boxes: Sequence[Box]) -> bool:
    tall = sum(1 for x0, y0, x1, y1 in boxes if y1 - y0 > 1.5 * (x1 - x0))
    wide = sum(1 for x0, y0, x1, y1 in boxes if x1 - x0 > 1.5 * (y1 - y0))
    return tall > wide


def _sample(boxes: Sequence[Box]) -> list[Box]:
    """A few lines that tell which way up a page lies: long, but not so long that they cost much."""
    lines = [b for b in boxes if 3 <= (b[2] - b[0]) / max(1, b[3] - b[1]) <= 14]
    return sorted(lines, key=lambda b: b[0] - b[2])[:7]


def _certainty(read: Sequence[tuple[str, float]]) -> float:
    return float(np.median([confidence for _, confidence in read])) if read else 0.0


def _turned_over(box: Box, page: Image) -> Box:
    height, width = page.shape[:2]
    return width - box[2], height - box[3], width - box[0], height - box[1]


def _found(boxes: Sequence[Box], read: Sequence[tuple[str, float]]) -> list[Found]:
    return [
        Found(text, *box, confidence)
        for box, (text, confidence) in zip(boxes, read, strict=True)
        if text.strip()
    ]


def _cut(page: Image, box: Sequence[int]) -> Image:
    x0, y0, x1, y1 = box
    crop = page[max(0, y0) : y1, max(0, x0) : x1]
    if crop.size == 0:
        return page[:1, :1]
    if crop.shape[0] >= _TALL * crop.shape[1]:
        return _column_as_row(crop)
    return crop


def _column_as_row(column: Image) -> Image:
    """Characters that stand one under another, put side by side."""
    marks = to_gray(column)
    inked = (marks < (float(marks.min()) + float(marks.max())) / 2).any(axis=1)
    size = column.shape[1]
    edges = np.flatnonzero(np.diff(np.concatenate(([0], inked.view(np.int8), [0]))))
    parts: list[tuple[int, int]] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if parts and (end - parts[-1][0]) <= size:
            parts[-1] = (parts[-1][0], int(end))
        else:
            parts.append((int(start), int(end)))
    tiles = [cv2.resize(column[a:b], (size, size)) if (b - a) > 1.5 * size else column[a:b] for a, b in parts]
    height = max((t.shape[0] for t in tiles), default=0)
    if len(tiles) < 2:
        return column
    fill = int(np.median(column))
    padded = [
        cv2.copyMakeBorder(
            t,
            (height - len(t)) // 2,
            height - len(t) - (height - len(t)) // 2,
            0,
            0,
            cv2.BORDER_CONSTANT,
            value=(fill,) * 3,
        )
        for t in tiles
    ]
    return np.asarray(np.concatenate(padded, axis=1), dtype=np.uint8)


class _Networks:
    """The two networks, compiled once a process."""

    def __init__(self) -> None:
        import openvino
        from rapidocr.ch_ppocr_det.utils import DBPostProcess

        spec = find_spec("rapidocr")
        if spec is None or spec.origin is None:
            raise RuntimeError("rapidocr is not installed")
        models = Path(spec.origin).parent / "models"
        core = openvino.Core()
        hints = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1, "PERFORMANCE_HINT": "LATENCY"}
        self._detector = core.compile_model(str(models / "PP-OCRv6_det_small.onnx"), "CPU", hints)
        reader = core.read_model(str(models / "PP-OCRv6_rec_small.onnx"))
        characters = str(reader.get_rt_info(["framework", "character"]).value).splitlines()
        self._characters = ["", *characters, " "]
        self._reader = core.compile_model(reader, "CPU", hints)
        self._contours = DBPostProcess(
            thresh=0.3,
            box_thresh=0.5,
            max_candidates=1000,
            unclip_ratio=1.6,
            score_mode="fast",
            use_dilation=True,
        )

    def detect(self, rgb: Image, longest: int) -> list[Box]:
        """Rectangles around runs of text, in pixels of `rgb`, sought with the longer side at `longest`."""
        small, _ = shrunk(rgb, longest)
        height, width = (-(-side // _DETECT_STEP) * _DETECT_STEP for side in small.shape[:2])
        sized = cv2.resize(small, (width, height))
        bgr = sized[:, :, ::-1].astype(np.float32) / 127.5 - 1.0
        heat = self._detector(np.ascontiguousarray(bgr.transpose(2, 0, 1)[None]))[0]
        quads, _ = self._contours(np.asarray(heat), (rgb.shape[0], rgb.shape[1]))
        return [
            (int(q[:, 0].min()), int(q[:, 1].min()), int(np.ceil(q[:, 0].max())), int(np.ceil(q[:, 1].max())))
            for q in quads
        ]

    def read(self, crops: Sequence[Image]) -> list[tuple[str, float]]:
        """Text and confidence of each crop that holds one line."""
        return [self._read(crop) for crop in crops]

    def _read(self, crop: Image) -> tuple[str, float]:
        """Numbers are read again drawn wide: the network swallows repeated figures that stand close."""
        long_ = crop.shape[1] > _LONG * crop.shape[0]
        text, confidence = self._read_once(crop, _NARROW if long_ else 1.0)
        figures = sum(c.isdigit() for c in text)
        if figures < _NUMBER or figures < 0.7 * len(text):
            return text, confidence
        wide, sure = self._read_once(crop, _WIDE)
        return (wide, sure) if len(wide) > len(text) and sure > confidence - 0.15 else (text, confidence)

    def _read_once(self, crop: Image, stretch: float) -> tuple[str, float]:
        if crop.shape[0] < 3 or crop.shape[1] < 3:
            return "", 0.0
        width = max(8, int(np.ceil(_ROW * stretch * crop.shape[1] / crop.shape[0])))
        # Finer scans are averaged: picking pixels frays the strokes of bilevel pages.
        by = cv2.INTER_AREA if crop.shape[0] > _ROW else cv2.INTER_LINEAR
        sized = cv2.resize(crop, (width, _ROW), interpolation=by)[:, :, ::-1].astype(np.float32) / 127.5 - 1.0
        step = _STEP if width < _BROAD else 4 * _STEP
        padded = np.zeros((_ROW, -(-width // step) * step, 3), np.float32)
        padded[:, :width] = sized
        scores = np.asarray(self._reader(np.ascontiguousarray(padded.transpose(2, 0, 1)[None]))[0])[0]
        return self._collapse(scores)

    def _collapse(self, scores: Floats) -> tuple[str, float]:
        best = scores.argmax(axis=1)
        kept = np.flatnonzero((best != 0) & np.concatenate(([True], best[1:] != best[:-1])))
        text = "".join(self._characters[i] for i in best[kept])
        return text, float(scores[kept, best[kept]].mean()) if len(kept) else 0.0
