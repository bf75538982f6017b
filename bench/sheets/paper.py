"""A sheet of paper at 200 dpi to print on, write on and stamp."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1654, 2339
"""A4 at 200 dpi, pixels; all lengths here are such pixels."""
Colour = tuple[int, int, int]
BLACK, BLUE, RED, SEAL_BLUE = (20, 20, 25), (25, 40, 140), (200, 25, 30), (40, 60, 190)
HANDS = ("ukai", "gkai", "LXGW", "long-cang", "zhi-mang", "ma-shan", "cwkai", "xiaowei")
"""Parts of the names of fonts that look like writing."""


class Fonts:
    """The fonts of a folder: those for print and those for hands, each with a fallback for missing characters."""

    def __init__(self, files: Sequence[Path]) -> None:
        self.hands = [f for f in files if any(h in f.name for h in HANDS)] or list(files)
        self.prints = [f for f in files if f not in self.hands] or list(files)
        self._all = [*self.prints, *self.hands]

    def runs(self, text: str, font: Path, size: int) -> list[tuple[str, ImageFont.FreeTypeFont]]:
        """The characters, each with a font that has it."""
        return [
            (
                c,
                next(
                    (f for f in (_font(p, size) for p in (font, *self._all)) if _has(f, c)), _font(font, size)
                ),
            )
            for c in text
        ]


@lru_cache(maxsize=256)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


_known: dict[tuple[str, str], bool] = {}


def _has(font: ImageFont.FreeTypeFont, character: str) -> bool:
    if character.isspace():
        return True
    key = (str(font.path), character)
    if key not in _known:
        mask, none = font.getmask(character), font.getmask("\uffff")
        _known[key] = bool(mask.getbbox()) and bytes(mask) != bytes(none)
    return _known[key]


class Paper:
    """One sheet. `print_font` and `hand_font` are those of this form and this person."""

    def __init__(
        self, fonts: Fonts, print_font: Path, hand_font: Path, rng: random.Random, ink: Colour
    ) -> None:
        self.image = Image.new("RGB", (WIDTH, HEIGHT), (253, 252, 249))
        self.draw = ImageDraw.Draw(self.image)
        self.fonts, self.print_font, self.hand_font, self.rng, self.ink = (
            fonts,
            print_font,
            hand_font,
            rng,
            ink,
        )

    def length(self, text: str, size: int) -> float:
        return sum(font.getlength(c) for c, font in self.fonts.runs(text, self.print_font, size))

    def print(
        self, x: float, y: float, text: str, size: int = 27, bold: bool = False, colour: Colour = BLACK
    ) -> float:
        """Prints text with its left top at x, y; returns where it ends."""
        for character, font in self.fonts.runs(text, self.print_font, size):
            self.draw.text((x, y), character, font=font, fill=colour, stroke_width=1 if bold else 0)
            x += font.getlength(character)
        return x

    def write(self, x: float, y: float, text: str, size: int = 34, messy: float = 1.0) -> float:
        """Writes text by hand: characters dance a little; returns where it ends."""
        slope = self.rng.uniform(-0.02, 0.015)
        start = x
        for character, font in self.fonts.runs(text, self.hand_font, size):
            rise = slope * (x - start) + self.rng.gauss(0, 1.1 * messy)
            self.draw.text((x, y - 3 + rise), character, font=font, fill=self.ink)
            x += font.getlength(character) * self.rng.uniform(0.93, 1.04)
        return x

    def line(self, x0: float, y0: float, x1: float, y1: float, wide: int = 2) -> None:
        self.draw.line((x0, y0, x1, y1), fill=BLACK, width=wide)

    def box(self, x0: float, y0: float, x1: float, y1: float, wide: int = 2) -> None:
        self.draw.rectangle((x0, y0, x1, y1), outline=BLACK, width=wide)

    def scribble(self, x: float, y: float, name: str) -> None:
        """A signature: the name large and run together, with a flourish."""
        end = self.write(x, y - 8, name, self.rng.randint(40, 50), messy=2.5)
        if self.rng.random() < 0.4:
            self.draw.line((end - 20, y + 38, end + 30, y + self.rng.randint(10, 34)), fill=self.ink, width=3)

    def seal(self, x: float, y: float, text: str, shape: str, colour: Colour) -> None:
        """A stamp centred at x, y: round (with a star), oval, or square; ink is uneven, the print under it shows."""
        stamp = _stamp(self.fonts, self.print_font, text, shape, colour, self.rng)
        stamp = stamp.rotate(self.rng.uniform(-20, 20), expand=True, resample=Image.Resampling.BICUBIC)
        self.image.paste(stamp, (round(x - stamp.width / 2), round(y - stamp.height / 2)), stamp)


def _stamp(
    fonts: Fonts, font: Path, text: str, shape: str, colour: Colour, rng: random.Random
) -> Image.Image:
    wide, high = {"round": (310, 310), "oval": (340, 230), "square": (290, 120)}[shape]
    stamp = Image.new("RGBA", (wide + 8, high + 8), (*colour, 0))
    draw = ImageDraw.Draw(stamp)
    frame, full = (4, 4, wide, high), (*colour, 215)
    if shape == "square":
        draw.rectangle(frame, outline=full, width=6)
    else:
        draw.ellipse(frame, outline=full, width=7)
    if shape == "round":
        _star(draw, wide / 2, high / 2 - 4, 42, full)
        _rim(stamp, fonts, font, text, wide / 2, colour)
    else:
        size = 34 if shape == "square" else 30
        rows = [text[: len(text) // 2], text[len(text) // 2 :]]
        for number, row in enumerate(rows):
            x = (wide - size * len(row)) / 2
            for character, face in fonts.runs(row, font, size):
                draw.text((x, high / 2 - 44 + number * 44), character, font=face, fill=full)
                x += size
    noise = np.random.default_rng(rng.randrange(2**32)).normal(128, rng.uniform(20, 60), (high + 8, wide + 8))
    worn = Image.fromarray(np.where(noise > 85, 255, 90).astype(np.uint8))
    stamp.putalpha(Image.composite(stamp.getchannel("A"), Image.new("L", stamp.size, 0), worn))
    return stamp


def _star(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, fill: tuple[int, ...]) -> None:
    from math import cos, pi, sin

    points = [
        (
            x + (radius if k % 2 == 0 else radius * 0.4) * sin(k * pi / 5),
            y - (radius if k % 2 == 0 else radius * 0.4) * cos(k * pi / 5),
        )
        for k in range(10)
    ]
    draw.polygon(points, fill=fill)


def _rim(stamp: Image.Image, fonts: Fonts, font: Path, text: str, radius: float, colour: Colour) -> None:
    from math import cos, radians, sin

    step = min(28.0, 250.0 / max(1, len(text)))
    for number, (character, face) in enumerate(fonts.runs(text, font, 34)):
        angle = (number - (len(text) - 1) / 2) * step
        tile = Image.new("RGBA", (48, 48), (*colour, 0))
        ImageDraw.Draw(tile).text((7, 4), character, font=face, fill=(*colour, 215))
        tile = tile.rotate(-angle, resample=Image.Resampling.BICUBIC)
        x, y = radius + 0.74 * radius * sin(radians(angle)), radius - 0.74 * radius * cos(radians(angle))
        stamp.alpha_composite(tile, (max(0, round(x - 20)), max(0, round(y - 20))))
