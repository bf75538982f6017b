"""Pages drawn at run time, for everything that looks at pixels. Positions are pixels at 150 dpi."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
)
Pixels = NDArray[np.uint8]


class Sheet:
    """An A4 sheet at 150 dpi to print, rule, sign and stamp on."""

    def __init__(self, width: int = 1240, height: int = 1754, font: int = 0) -> None:
        self.image = Image.new("RGB", (width, height), (250, 250, 247))
        self.draw = ImageDraw.Draw(self.image)
        self.font = FONTS[font % len(FONTS)]

    def text(self, x: int, y: int, text: str, size: int = 24, colour: str = "black") -> Sheet:
        self.draw.text((x, y), text, font=ImageFont.truetype(self.font, size), fill=colour)
        return self

    def title(self, text: str, y: int = 110, size: int = 42) -> Sheet:
        font = ImageFont.truetype(self.font, size)
        self.draw.text(((self.image.width - font.getlength(text)) / 2, y), text, font=font, fill="black")
        return self

    def grid(self, xs: list[int], ys: list[int], width: int = 2) -> Sheet:
        for x in xs:
            self.draw.line((x, ys[0], x, ys[-1]), fill="black", width=width)
        for y in ys:
            self.draw.line((xs[0], y, xs[-1], y), fill="black", width=width)
        return self

    def scrawl(self, x: int, y: int, width: int = 110, height: int = 44, seed: int = 1) -> Sheet:
        """Something like a signature."""
        random = np.random.default_rng(seed)
        points = [
            (x + width * i / 24, y + height / 2 + height * 0.45 * float(random.uniform(-1, 1)))
            for i in range(25)
        ]
        self.draw.line(points, fill=(30, 40, 120), width=3, joint="curve")
        return self

    def seal(self, x: int, y: int, radius: int = 95, colour: tuple[int, int, int] = (205, 40, 45)) -> Sheet:
        """A round company seal with its star, centred at (x, y)."""
        self.draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=colour, width=5)
        star = [
            (
                x + r * float(np.sin(np.pi * i / 5)),
                y - r * float(np.cos(np.pi * i / 5)),
            )
            for i in range(10)
            for r in [radius * (0.32 if i % 2 == 0 else 0.13)]
        ]
        self.draw.polygon(star, fill=colour)
        font = ImageFont.truetype(self.font, 20)
        for i, character in enumerate("样本物业服务有限公司"):
            angle = np.pi * (0.72 - 1.44 * i / 9)
            place = (x - 0.76 * radius * np.sin(angle) - 10, y - 0.76 * radius * np.cos(angle) - 12)
            self.draw.text((float(place[0]), float(place[1])), character, font=font, fill=colour)
        return self

    def pixels(self, turned: int = 0, skew: float = 0.0, noise: float = 0.0, mode: str = "RGB") -> Pixels:
        """The sheet as a scanner delivers it: askew and turned clockwise (degrees), with grain."""
        image = self.image.rotate(-skew, Image.Resampling.BICUBIC, expand=True, fillcolor=(250, 250, 247))
        array = np.asarray(image).astype(np.float32)
        if noise:
            array += np.random.default_rng(7).normal(0, noise, array.shape)
        array = np.clip(array, 0, 255).astype(np.uint8)
        if mode != "RGB":
            array = np.asarray(Image.fromarray(array).convert("L"))
        if mode == "1":
            array = np.where(array < 150, 0, 255).astype(np.uint8)
        return np.ascontiguousarray(np.rot90(array, -turned // 90))
