"""How alike two pages or two texts are: figures for a person who decides, never a decision. No database.

Pages of one printed form differ in their handwriting alone, so a hash of the whole picture calls them all equal.
Two pages are laid over each other instead, and what counts is the ink of one that the other has not.
"""

from __future__ import annotations

import re

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

WIDTH = 1000
"""Pixels to which the longer side of a page is brought before pages are compared."""
REACH = 4
"""Pixels by which ink may lie beside its place: scanners stretch, paper bends."""
FEATURES = 1500
LEAST_MATCHES = 25
CELL = 50
"""Pixels of the squares that are compared one by one: a signature fills a few of them."""
WORST = 5
"""How many squares decide: the ones that a signature fills."""
PAGE_ALIKE = 0.9
TEXT_ALIKE = 0.95
"""From these figures on a pair is shown to a person; measured in docs/decisions/083-near-duplicates.md."""
MOST_TEXT = 20_000
"""Characters of a text that are compared."""

Gray = NDArray[np.uint8]


def page_likeness(one: bytes, other: bytes) -> float:
    """0 … 1: how much ink two page images (JPEG of any size) have in common where they have least; 0 for what cannot be
    laid over each other. A page that was scanned upside down is turned. ValueError for what is no image."""
    first, second = _gray(one), _gray(other)
    upright = _likeness(first, second)
    if upright >= PAGE_ALIKE:
        return upright
    return max(upright, _likeness(first, np.ascontiguousarray(np.rot90(second, 2))))


def _likeness(first: Gray, second: Gray) -> float:
    laid = _laid_over(first, second)
    if laid is None:
        return 0.0
    moved, inside = laid
    ink, drawn = _ink(first) & inside, _ink(moved) & inside
    return min(_covered(ink, drawn), _covered(drawn, ink))


def text_likeness(one: str, other: str) -> float:
    """0 … 1: edit likeness of two texts without white space, 1 for equal ones, 0 where one is empty."""
    first, second = _bare(one), _bare(other)
    if not first or not second:
        return 0.0
    return fuzz.ratio(first, second) / 100


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)[:MOST_TEXT]


def _gray(image: bytes) -> Gray:
    read = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_GRAYSCALE)
    if read is None:
        raise ValueError("no image")
    scale = WIDTH / max(read.shape)
    return np.asarray(cv2.resize(read, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _ink(page: Gray) -> Gray:
    """255 where something darker than its surroundings stands."""
    light = cv2.GaussianBlur(page, (0, 0), 15)
    return np.where(page.astype(np.int16) < light.astype(np.int16) - 18, 255, 0).astype(np.uint8)


def _laid_over(first: Gray, second: Gray) -> tuple[Gray, Gray] | None:
    """The second page turned, moved and stretched to lie over the first, and where it covers it (255)."""
    finder = cv2.ORB.create(FEATURES)
    here, about = finder.detectAndCompute(first, None)
    there, of_other = finder.detectAndCompute(second, None)
    if about is None or of_other is None:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(of_other, about, k=2)
    good = [p[0] for p in pairs if len(p) == 2 and p[0].distance < 0.8 * p[1].distance]
    if len(good) < LEAST_MATCHES:
        return None
    source = np.array([there[m.queryIdx].pt for m in good], np.float32)
    target = np.array([here[m.trainIdx].pt for m in good], np.float32)
    matrix, fits = cv2.findHomography(source, target, cv2.RANSAC, 3.0)
    if matrix is None or int(fits.sum()) < LEAST_MATCHES:
        return None
    size = (first.shape[1], first.shape[0])
    moved = cv2.warpPerspective(second, matrix, size, borderValue=255)
    covers = cv2.warpPerspective(np.full_like(second, 255), matrix, size, borderValue=0)
    if covers.mean() < 128:
        return None
    inner = cv2.erode(covers, np.ones((15, 15), np.uint8))
    return np.asarray(moved, np.uint8), np.asarray(inner, np.uint8)


def _covered(ink: Gray, by: Gray) -> float:
    """How much of the ink lies near ink of the other page, in the few squares where least of it does."""
    near = cv2.dilate(by, np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8))
    missing = (ink & ~near) > 0
    total, lost = _squares(ink > 0), _squares(missing)
    filled = total > CELL
    if not filled.any():
        return 0.0
    shares = 1 - lost[filled] / total[filled]
    return float(np.sort(shares)[:WORST].mean())


def _squares(page: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How many pixels are set in each square."""
    high, wide = page.shape[0] // CELL * CELL, page.shape[1] // CELL * CELL
    cut = page[:high, :wide].astype(np.float64)
    sums: NDArray[np.float64] = cut.reshape(high // CELL, CELL, wide // CELL, CELL).sum(axis=(1, 3))
    return sums
