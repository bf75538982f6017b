"""What scanners, telephones and time do to a sheet."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Wear:
    """How a file was scanned. `mode` is colour, gray or bilevel; `quality` that of JPEG, 0 for none."""

    name: str
    dpi: int
    mode: str
    skew: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    quality: int = 0
    shadow: bool = False
    fold: bool = False
    photo: bool = False
    turned: int = 0


def wear(rng: random.Random) -> Wear:
    """One way of being worn; a third of all files are hardly worn."""
    kind = rng.choice(
        [
            "clean",
            "clean",
            "light",
            "light",
            "blurred",
            "noisy",
            "bilevel",
            "jpeg",
            "folded",
            "photo",
            "skewed",
        ]
    )
    mode = rng.choice(["colour", "colour", "gray"])
    skew = rng.gauss(0, 0.6)
    match kind:
        case "light":
            made = Wear(kind, rng.choice([150, 200]), mode, skew, 0.5, 4, rng.randint(55, 80))
        case "blurred":
            made = Wear(kind, rng.choice([150, 200]), mode, skew, rng.uniform(0.9, 1.5), 4, 60)
        case "noisy":
            made = Wear(kind, rng.choice([150, 200]), mode, skew, 0.4, rng.uniform(14, 26), 50)
        case "bilevel":
            dpi = rng.choice([200, 200, 300])
            made = Wear(kind, dpi, "bilevel", skew, rng.uniform(0.3, 0.8), rng.uniform(4, 14))
        case "jpeg":
            made = Wear(kind, 150, mode, skew, 0.3, 3, 30)
        case "folded":
            made = Wear(kind, 200, mode, skew, 0.4, 5, 70, shadow=True, fold=True)
        case "photo":
            tilt, dpi = rng.uniform(-2, 2), rng.choice([170, 220])
            made = Wear(kind, dpi, "colour", tilt, 0.6, 6, 70, shadow=True, photo=True)
        case "skewed":
            made = Wear(kind, 200, mode, rng.choice([-1, 1]) * rng.uniform(2.5, 5), 0.4, 4, 75)
        case _:
            made = Wear("clean", rng.choice([200, 300]), mode, skew * 0.5)
    if rng.random() < 0.12:
        made = replace(made, turned=rng.choice([90, 180, 270]))
    return made


def worn(sheet: Image.Image, how: Wear, rng: random.Random) -> Image.Image:
    """The sheet as it comes from the scanner."""
    page = np.asarray(sheet.convert("RGB"))
    noise = np.random.default_rng(rng.randrange(2**32))
    if how.fold:
        page = _folded(page, rng)
    page = _tilted(page, how, rng)
    if how.shadow:
        page = _shadowed(page, rng)
    scale = how.dpi / 200
    page = np.asarray(
        cv2.resize(
            page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        ),
        np.uint8,
    )
    if how.blur:
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), how.blur), np.uint8)
    if how.noise:
        grain = noise.normal(0, how.noise, page.shape[:2])[:, :, None]
        page = np.clip(page.astype(np.float32) + grain, 0, 255).astype(np.uint8)
    picture = Image.fromarray(np.ascontiguousarray(np.rot90(page, -(how.turned // 90))))
    if how.mode == "colour":
        return picture
    gray = picture.convert("L")
    return gray.point(lambda v: 255 if v > 172 else 0).convert("1") if how.mode == "bilevel" else gray


def _tilted(page: Pixels, how: Wear, rng: random.Random) -> Pixels:
    high, wide = page.shape[:2]
    if how.photo:
        reach = 0.03
        corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
        moved = corners + np.array(
            [
                [
                    rng.uniform(0, reach) * wide * (1 if x == 0 else -1),
                    rng.uniform(0, reach) * high * (1 if y == 0 else -1),
                ]
                for x, y in corners
            ],
            np.float32,
        )
        page = np.asarray(
            cv2.warpPerspective(
                page, cv2.getPerspectiveTransform(corners, moved), (wide, high), borderValue=(176, 170, 160)
            ),
            np.uint8,
        )
    if abs(how.skew) < 0.05:
        return page
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), how.skew, 1.0)
    return np.asarray(
        cv2.warpAffine(page, turn, (wide, high), flags=cv2.INTER_CUBIC, borderValue=(250, 250, 248)), np.uint8
    )


def _folded(page: Pixels, rng: random.Random) -> Pixels:
    out = page.astype(np.float32)
    y = rng.randint(600, 1700)
    out[y : y + 3] *= 0.72
    out[y + 3 : y + 12] *= 0.93
    if rng.random() < 0.5:
        x = rng.randint(500, 1100)
        out[:, x : x + 3] *= 0.75
    return out.astype(np.uint8)


def _shadowed(page: Pixels, rng: random.Random) -> Pixels:
    high, wide = page.shape[:2]
    fall = (
        np.linspace(1.0, rng.uniform(0.62, 0.8), wide)[None, :]
        * np.linspace(1.0, rng.uniform(0.8, 0.95), high)[:, None]
    )
    if rng.random() < 0.5:
        fall = fall[:, ::-1]
    return np.clip(page.astype(np.float32) * fall[:, :, None], 0, 255).astype(np.uint8)
