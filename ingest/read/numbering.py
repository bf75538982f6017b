"""Automatic paragraph numbers of Word, computed as a word processor prints them (ECMA-376 part 1, 17.9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "〇一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def chinese(number: int) -> str:
    """一, 十, 十二, 一百零五 … for 1 … 9999; plain digits outside."""
    if not 0 < number < 10000:
        return str(number)
    out, zero = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, power)
        if digit:
            out += ("零" if zero and out else "") + _DIGITS[digit] + unit
        zero = not digit
    return out[1:] if out.startswith("一十") else out


def _roman(number: int) -> str:
    out = ""
    for value, letters in _ROMAN:
        while number >= value and len(out) < 40:
            out, number = out + letters, number - value
    return out


def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 20) if number > 0 else ""


def written(number: int, fmt: str) -> str:
    """A number in one of Word's formats (`w:numFmt`); unknown formats print plain digits."""
    if fmt in ("chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand",
               "japaneseCounting", "ideographDigital", "chineseLegalSimplified",
               "japaneseDigitalTenThousand"):  # fmt: skip
        return chinese(number)
    if fmt == "ideographTraditional":
        return _STEMS[(number - 1) % 10]
    if fmt == "ideographZodiac":
        return _BRANCHES[(number - 1) % 12]
    if fmt.startswith("decimalEnclosedCircle"):
        return _CIRCLED[number - 1] if 0 < number <= 20 else str(number)
    table = {
        "lowerLetter": _letters(number),
        "upperLetter": _letters(number).upper(),
        "lowerRoman": _roman(number),
        "upperRoman": _roman(number).upper(),
        "decimalZero": f"{number:02d}",
        "none": "",
        "bullet": "",
    }
    return table.get(fmt, str(number))


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: first number, format, pattern ("%1.%2"), paragraph style, digits only."""

    start: int
    fmt: str
    pattern: str
    style: str
    legal: bool


@dataclass(slots=True)
class Numbering:
    """The lists of a document; `label` is to be called once for each numbered paragraph, in document
    order."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    """numId → level → what it prints."""
    abstract: dict[str, str] = field(default_factory=dict)
    """numId → its abstract list; lists that share one share their counters."""
    restarts: dict[tuple[str, int], int] = field(default_factory=dict)
    """(numId, level) → first number where the list starts anew."""
    counters: dict[tuple[str, int], int] = field(default_factory=dict)
    restarted: set[tuple[str, int]] = field(default_factory=set)

    def level_of_style(self, num: str, style: str) -> int:
        """The level that a paragraph style has in a list; 0 when it names none."""
        return next((i for i, level in self.levels.get(num, {}).items() if level.style == style), 0)

    def label(self, num: str, depth: int) -> str:
        """The number printed before the next paragraph at `depth` (0 …) of list `num`; "" for bullets and
        unknown."""
        levels = self.levels.get(num)
        if not levels or depth not in levels:
            return ""
        key = self.abstract[num]
        if (num, depth) in self.restarts and (num, depth) not in self.restarted:
            self.restarted.add((num, depth))
            self.counters[key, depth] = self.restarts[num, depth] - 1
        self.counters[key, depth] = self.counters.get((key, depth), levels[depth].start - 1) + 1
        for deeper in range(depth + 1, 9):
            self.counters.pop((key, deeper), None)
        if levels[depth].fmt == "bullet":
            return ""
        text = levels[depth].pattern
        for upper in range(depth + 1):
            if f"%{upper + 1}" in text and upper in levels:
                level = levels[upper]
                number = self.counters.setdefault((key, upper), level.start)
                fmt = "decimal" if levels[depth].legal else level.fmt
                text = text.replace(f"%{upper + 1}", written(number, fmt))
        return text


def parse(root: Any) -> Numbering:
    """The lists of a `word/numbering.xml`."""
    abstract = {a.get(W + "abstractNumId", ""): _levels(a) for a in root.iterfind(W + "abstractNum")}
    result = Numbering()
    for num in root.iterfind(W + "num"):
        number = num.get(W + "numId", "")
        link = num.find(W + "abstractNumId")
        name = link.get(W + "val", "") if link is not None else ""
        levels = dict(abstract.get(name, {}))
        for override in num.iterfind(W + "lvlOverride"):
            depth = _int(override.get(W + "ilvl"), 0)
            start = override.find(W + "startOverride")
            if start is not None:
                result.restarts[number, depth] = _int(start.get(W + "val"), 1)
            own = override.find(W + "lvl")
            if own is not None:
                levels[depth] = _level(own)
        result.levels[number], result.abstract[number] = levels, name
    return result


def _levels(abstract: Any) -> dict[int, Level]:
    return {_int(lvl.get(W + "ilvl"), 0): _level(lvl) for lvl in abstract.iterfind(W + "lvl")}


def _level(lvl: Any) -> Level:
    def value(name: str, default: str) -> str:
        found = lvl.find(W + name)
        return default if found is None else found.get(W + "val", default)

    legal = lvl.find(W + "isLgl")
    return Level(
        start=_int(value("start", "0"), 0),
        fmt=value("numFmt", "decimal"),
        pattern=value("lvlText", ""),
        style=value("pStyle", ""),
        legal=legal is not None and legal.get(W + "val", "1") not in ("0", "false"),
    )


def _int(text: str | None, default: int) -> int:
    return int(text) if text and text.lstrip("-").isdigit() and len(text) < 9 else default
