"""What a printed sheet is made of. Places and sizes are millimetres from the upper left corner of the paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

A4 = (210.0, 297.0)
"""Width and height of an upright sheet."""

Measure = Callable[[str], float]
"""Width of a text in heights of its characters."""

_NEVER_FIRST = "，。；：、）》」！？%"


@dataclass(frozen=True, slots=True)
class Words:
    """Printed text, `x`, `y` the upper left corner of its first character, `size` the height of a character.

    `centred` text stands in the middle of the width that `ems` plans for it; a real font is mostly narrower.
    """

    x: float
    y: float
    text: str
    size: float
    bold: bool = False
    gray: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line of `width`."""

    x0: float
    y0: float
    x1: float
    y1: float
    width: float = 0.25
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle's outline; `shade` fills it with light gray, as the heads of tables are."""

    x0: float
    y0: float
    x1: float
    y1: float
    width: float = 0.25
    shade: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """Where a code stands, a square of `side` without its quiet margin: `text`, or the page's own."""

    x: float
    y: float
    side: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place to write in. `kind` is "field", "choice" (a box to tick), "signature" or "seal", `code` that of the
    field or place, `choice` what ticking says, `row` the row of a register (from 0)."""

    kind: str
    code: str
    x0: float
    y0: float
    x1: float
    y1: float
    choice: str = ""
    row: int = 0


Element = Words | Rule | Frame | Code


@dataclass(slots=True)
class Sheet:
    """One sheet of a form: what is printed, in order, and where a hand may write."""

    width: float = A4[0]
    height: float = A4[1]
    printed: list[Element] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)


def ems(text: str) -> float:
    """Width of a text in heights of its characters: a Chinese one is as wide as high, others about 0.58. Near
    enough to lay a form out without a font, and the same on every machine."""
    return sum(1.0 if ord(c) > 0x2E7F or c in "“”‘’—…·" else 0.58 for c in text)


def wrapped(text: str, size: float, width: float) -> list[str]:
    """The text in lines no wider than `width`; a closing mark never begins a line."""
    lines: list[str] = []
    for part in text.split("\n"):
        line = ""
        for character in part:
            if line and ems(line + character) * size > width and character not in _NEVER_FIRST:
                lines.append(line)
                line = ""
            line += character
        lines.append(line)
    return lines


def shrunk(text: str, size: float, width: float, least: float = 2.4) -> float:
    """The height of characters at which the text fits into `width`; never under `least`."""
    need = ems(text) * size
    return size if need <= width else max(least, size * width / need)
