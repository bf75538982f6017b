"""The one normal form for indexing and querying, character for character.

`fold` never changes the length of a text, so an offset in the folded text is the same offset in the original:
snippets, highlights and found houses are cut from the stored text. What folds to one character is folded
(full width, letter case, traditional script, compatibility forms); what would need two (ß, ㎡) stays as it
is.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files

OWN_FOLDS: dict[str, str] = {
    "帳": "账",
    "帐": "账",
    "賬": "账",
    "著": "着",
    "爲": "为",
    "為": "为",
    "瞭": "了",
    "覆": "复",
    "沈": "沉",
    "藉": "借",
    "裏": "里",
    "裡": "里",
    "啓": "启",
    "啟": "启",
    "覈": "核",
    "纔": "才",
    "菸": "烟",
    "蔘": "参",
    "迴": "回",
    "釦": "扣",
    "佔": "占",
    "臺": "台",
    "檯": "台",
    "甯": "宁",
    "喆": "哲",
    "峯": "峰",
    "羣": "群",
    "牀": "床",
    "祕": "秘",
    "汙": "污",
    "姪": "侄",
    "衹": "只",
    "祇": "只",
    "楝": "栋",
    "○": "〇",
    "◯": "〇",
    "\N{FULLWIDTH TILDE}": "~",
    "〜": "~",
    "—": "-",
    "–": "-",
    "―": "-",
    "‐": "-",
    "‑": "-",
    "−": "-",
    "﹣": "-",
    "\t": " ",
    "\u00a0": " ",
    "\u3000": " ",
}
"""Folds beside OpenCC's table: variants it keeps apart and look-alikes that readers and scanners mix up."""

_CASED = (
    (0x0041, 0x2000),
    (0x2100, 0x2190),
    (0x24B6, 0x24EA),
    (0x2C00, 0x2E00),
    (0xA640, 0xA800),
    (0xAB70, 0xABC0),
    (0x10400, 0x10600),
    (0x10C80, 0x10D00),
    (0x118A0, 0x118E0),
    (0x16E40, 0x16E80),
    (0x1E900, 0x1E950),
)
_COMPATIBLE = ((0x2000, 0x200B), (0x2E80, 0x2FE0), (0xF900, 0xFB00), (0xFF01, 0xFFEF), (0x2F800, 0x2FA20))


def _opencc_characters() -> dict[str, str]:
    """OpenCC's traditional → simplified character table.

    Of several simplified forms the first, as OpenCC does.
    """
    text = (files("opencc") / "dictionary" / "TSCharacters.txt").read_text(encoding="utf-8")
    table = {}
    for line in text.splitlines():
        traditional, _, simplified = line.partition("\t")
        first = simplified.split(" ")[0].strip()
        if len(traditional) == 1 and len(first) == 1 and traditional != first:
            table[traditional] = first
    return table


def _unicode_folds() -> dict[str, str]:
    table = {}
    for start, end in _COMPATIBLE:
        for point in range(start, end):
            plain = unicodedata.normalize("NFKC", chr(point))
            if len(plain) == 1 and plain != chr(point):
                table[chr(point)] = plain
    for start, end in _CASED:
        for point in range(start, end):
            lower = chr(point).casefold()
            if len(lower) == 1 and lower != chr(point):
                table[chr(point)] = lower
    return table


@cache
def fold_table() -> dict[int, str]:
    """Code point → folded character, closed under itself, so that folding twice changes nothing more."""
    single = {**_opencc_characters(), **_unicode_folds(), **OWN_FOLDS}
    table = {}
    for character in single:
        folded, seen = character, {character}
        while (following := single.get(folded)) is not None and following not in seen:
            folded = following
            seen.add(folded)
        if folded != character:
            table[ord(character)] = folded
    return table


def fold(text: str) -> str:
    """`text` in the normal form; the same length, and `fold(fold(t)) == fold(t)`."""
    return text.translate(fold_table())
