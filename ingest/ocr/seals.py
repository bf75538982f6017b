"""Coloured ink: where a seal lies over text, and the page without it."""

from __future__ import annotations

import cv2
import numpy as np

from ingest.ocr.engine import Image
from ingest.ocr.straighten import shrunk

SEAL_LEAST = 0.055
"""A seal's shorter side is at least this share of the page's shorter side (a 25 mm seal on A4 is 0.12)."""

Rectangle = tuple[int, int, int, int]


def red(rgb: Image) -> Image:
    """255 where red ink is, 0 elsewhere."""
    r, g, b = (rgb[:, :, i].astype(np.int16) for i in range(3))
    return np.asarray(((r - np.maximum(g, b) > 28) & (r > 90)) * 255, dtype=np.uint8)


def seal_areas(rgb: Image) -> list[Rectangle]:
    """Rectangles (x0, y0, x1, y1 in pixels) around red seals; red print and red lines are none."""
    small, factor = shrunk(rgb, 1000)
    marks = red(small)
    if cv2.countNonZero(marks) < 100:
        return []
    reach = max(5, round(0.012 * min(small.shape[:2]))) | 1
    joined = cv2.morphologyEx(marks, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    least = SEAL_LEAST * min(small.shape[:2])
    areas = []
    for x, y, width, height, area in stats[1:count]:
        if (
            min(width, height) >= least
            and max(width, height) < 3 * min(width, height)
            and area > 0.1 * width * height
        ):
            areas.append(
                (int(x / factor), int(y / factor), int((x + width) / factor), int((y + height) / factor))
            )
    return areas


def bleached(rgb: Image, areas: list[Rectangle]) -> Image:
    """The page with red ink inside `areas` gone pale, so that the text below can be read."""
    if not areas:
        return rgb
    page = rgb.copy()
    for x0, y0, x1, y1 in areas:
        part = page[y0:y1, x0:x1]
        inked = cv2.dilate(red(np.ascontiguousarray(part)), np.ones((3, 3), np.uint8)) > 0
        if not inked.any():  # what looked red on the shrunk page need not be so at full size
            continue
        light = part[:, :, 0].astype(np.float32)
        paper = float(np.percentile(light, 90))
        pale = np.clip(light * paper / max(1.0, float(np.percentile(light[inked], 70))), 0, paper)
        for channel in range(3):
            part[:, :, channel][inked] = pale[inked].astype(np.uint8)
    return page
