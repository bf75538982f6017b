"""A sheet of paper at 200 dpi: printed on, filled in by hand, signed, stamped, and put on a scanner.

Places and sizes are millimetres from the upper left corner of an A4 sheet; everything drawn by hand follows a
seeded generator, so the same sheet comes out twice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

DPI = 200
WIDTH, HEIGHT = 210.0, 297.0
PIXELS = DPI / 25.4
"""Pixels a millimetre."""
BLACK, RED = (25, 25, 28), (200, 38, 42)
BLUE_INK, BLACK_INK = (28, 48, 132), (34, 34, 40)

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Scan:
    """How a scanner delivers the sheet: turned by `skew` degrees (clockwise), with grain, gray or in colour.

    `grain` is the standard deviation of the noise in gray levels of 0 to 255; `tint` the colour of the paper.
    """

    skew: float = 0.0
    grain: float = 3.0
    gray: bool = False
    tint: Colour = (250, 249, 245)


@lru_cache(maxsize=64)
def _face(font: str, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font, pixels)


class Paper:
    """One sheet. `hand` is the seed of whoever fills it in: the same seed writes the same hand."""

    def __init__(self, font: Path, hand: int, ink: Colour = BLUE_INK) -> None:
        self.image = Image.new("RGB", (_px(WIDTH), _px(HEIGHT)), "white")
        self._draw = ImageDraw.Draw(self.image)
        self._font = str(font)
        self._random = np.random.default_rng(hand)
        self.ink = ink

    def length(self, text: str, size: float) -> float:
        """Width of printed text in millimetres; `size` is the height of a character."""
        return float(_face(self._font, _px(size)).getlength(text)) / PIXELS

    def fit(self, text: str, size: float, width: float) -> list[str]:
        """The text in lines no wider than `width`; a closing mark never begins a line."""
        lines: list[str] = []
        for part in text.split("\n"):
            line = ""
            for character in part:
                if line and self.length(line + character, size) > width and character not in "，。；：、）》":
                    lines.append(line)
                    line = ""
                line += character
            lines.append(line)
        return lines

    def text(
        self, x: float, y: float, text: str, size: float = 3.9, colour: Colour = BLACK, bold: bool = False
    ) -> None:
        """Printed text with its upper left corner at (x, y)."""
        face = _face(self._font, _px(size))
        stroke = 1 if bold else 0
        self._draw.text((_px(x), _px(y)), text, font=face, fill=colour, anchor="la", stroke_width=stroke)

    def centred(self, y: float, text: str, size: float, bold: bool = False) -> None:
        self.text((WIDTH - self.length(text, size)) / 2, y, text, size, bold=bold)

    def rule(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.3) -> None:
        self._draw.line((_px(x0), _px(y0), _px(x1), _px(y1)), fill=BLACK, width=max(1, _px(width)))

    def box(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.3) -> None:
        corners = (_px(x0), _px(y0), _px(x1), _px(y1))
        self._draw.rectangle(corners, outline=BLACK, width=max(1, _px(width)))

    def write(self, x: float, y: float, text: str, size: float = 4.6) -> float:
        """Text as a hand writes it, a little uneven; returns where it ends (x)."""
        face = _face(self._font, _px(size))
        at = float(_px(x))
        for character in text:
            width = face.getlength(character)
            if not character.isspace():
                self._character(at, float(_px(y)), character, face)
            at += width + float(self._random.uniform(-0.01, 0.04)) * face.size
        return at / PIXELS

    def _character(
        self,
        x: float,
        y: float,
        character: str,
        face: ImageFont.FreeTypeFont,
        lean: float = 0.10,
        wild: float = 1.0,
    ) -> None:
        side = int(face.size * 1.6)
        tile = Image.new("L", (side, side), 0)
        ImageDraw.Draw(tile).text((side * 0.2, side * 0.12), character, font=face, fill=255, anchor="la")
        lean += self._random.normal(0, 0.02 * wild)
        turn = self._random.normal(0, 0.025 * wild)
        scale = 1 / (0.97 + self._random.uniform(-0.04, 0.03))
        middle = side / 2
        matrix = (scale, lean, middle * (1 - scale - lean), turn, scale, middle * (1 - scale - turn))
        tile = tile.transform((side, side), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)
        place = (round(x - side * 0.2), round(y - side * 0.12 + self._random.normal(0, 0.025) * face.size))
        self.image.paste(self.ink, place, tile)

    def tick_box(self, x: float, y: float, ticked: bool, size: float = 3.6) -> None:
        """A small box, with a tick through it or without."""
        self.box(x, y, x + size, y + size, 0.25)
        if ticked:
            points = [
                (x + 0.3, y + size * 0.5),
                (x + size * 0.42, y + size * 0.95),
                (x + size * 1.35, y - 0.8),
            ]
            self._curve(points, 0.5)

    def sign(self, x: float, y: float, name: str, size: float = 6.2) -> None:
        """A signature: the name in a quicker hand than the rest, its characters run together, and a flourish."""
        face = _face(self._font, _px(size))
        at = float(_px(x))
        for character in name:
            self._character(at, float(_px(y)), character, face, lean=0.30, wild=3.0)
            at += face.getlength(character) * float(self._random.uniform(0.76, 0.88))
        end = at / PIXELS
        sweep = np.linspace(0, 1, 30)
        rise = float(self._random.uniform(0.5, 1.6))
        bow = y + size * 1.22 - rise * np.sin(math.pi * sweep * float(self._random.uniform(0.8, 1.3)))
        points = [(end - (1 - t) * size * 1.1, float(level)) for t, level in zip(sweep, bow, strict=True)]
        self._curve(points, 0.36)

    def _curve(self, points: Sequence[tuple[float, float]], width: float) -> None:
        line = [(_px(x), _px(y)) for x, y in points]
        self._draw.line(line, fill=self.ink, width=max(2, _px(width)), joint="curve")

    def seal(self, x: float, y: float, around: str, below: str = "", radius: float = 19.0) -> None:
        """A round red seal centred at (x, y), `around` along its rim and `below` under the star."""
        side = _px(radius * 2) + 8
        stamp = Image.new("RGBA", (side, side), (*RED, 0))
        draw = ImageDraw.Draw(stamp)
        middle, outer = side / 2, _px(radius)
        rim = (middle - outer, middle - outer, middle + outer, middle + outer)
        draw.ellipse(rim, outline=(*RED, 255), width=_px(0.9))
        draw.polygon(_star(middle, outer * 0.30), fill=(*RED, 255))
        self._around(stamp, around, outer)
        face = _face(self._font, _px(3.4))
        draw.text((middle, middle + outer * 0.55), below, font=face, fill=(*RED, 255), anchor="mm")
        stamp = stamp.rotate(float(self._random.uniform(-9, 9)), Image.Resampling.BICUBIC)
        stamp.putalpha(stamp.getchannel("A").point(lambda level: int(level * 0.78)))
        self.image.paste(stamp, (round(x * PIXELS - middle), round(y * PIXELS - middle)), stamp)

    def _around(self, stamp: Image.Image, text: str, outer: float) -> None:
        size = _px(4.0)
        face, middle = _face(self._font, size), stamp.width / 2
        span = min(250.0, 24.0 * len(text))
        for i, character in enumerate(text):
            angle = -span / 2 + span * i / max(1, len(text) - 1)
            tile = Image.new("RGBA", (size * 2, size * 2), (*RED, 0))
            ImageDraw.Draw(tile).text((size, size), character, font=face, fill=(*RED, 255), anchor="mm")
            tile = tile.rotate(-angle, Image.Resampling.BICUBIC)
            reach = outer - size * 0.85
            x = middle + reach * math.sin(math.radians(angle)) - size
            y = middle - reach * math.cos(math.radians(angle)) - size
            stamp.alpha_composite(tile, (max(0, round(x)), max(0, round(y))))

    def scanned(self, scan: Scan) -> Image.Image:
        """The sheet as the scanner delivers it."""
        pixels = np.asarray(self.image.convert("L") if scan.gray else self.image)
        height, width = pixels.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), -scan.skew, 1.0)
        white = (255, 255, 255)
        pixels = cv2.warpAffine(pixels, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=white)
        shaded = cv2.add(
            pixels, _shade(scan.grain, scan.tint[:1] if scan.gray else scan.tint), dtype=cv2.CV_8U
        )
        return Image.fromarray(shaded)


@lru_cache(maxsize=4)
def _shade(grain: float, tint: tuple[int, ...]) -> NDArray[np.int16]:
    """What the scanner adds to a white sheet, gray levels by channel: its grain and the paper's colour. Every
    sheet that went through it gets the same."""
    random = np.random.default_rng(20)
    shape = (_px(HEIGHT), _px(WIDTH))
    noise = (random.standard_normal(shape, dtype=np.float32) * grain).round().astype(np.int16)
    layers = [noise + np.int16(level - 255) for level in tint]
    return np.stack(layers, axis=-1) if len(layers) > 1 else layers[0]


def _star(middle: float, reach: float) -> list[tuple[float, float]]:
    points = []
    for i in range(10):
        length = reach if i % 2 == 0 else reach * 0.4
        angle = math.pi * i / 5
        points.append((middle + length * math.sin(angle), middle - length * math.cos(angle)))
    return points


def _px(millimetres: float) -> int:
    return round(millimetres * PIXELS)
