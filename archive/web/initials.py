"""First letters of the pinyin of Chinese words, so that a record type is found by typing yzzl for 业主资料.

GB 2312 lists its 3,755 common characters in the order of their pinyin, so the first letter follows from the code;
characters outside that list (there are hardly any in titles of forms) have none and are passed over.
"""

from __future__ import annotations

from bisect import bisect_right

_STARTS = (
    ("a", 0xB0A1), ("b", 0xB0C5), ("c", 0xB2C1), ("d", 0xB4EE), ("e", 0xB6EA), ("f", 0xB7A2), ("g", 0xB8C1),
    ("h", 0xB9FE), ("j", 0xBBF7), ("k", 0xBFA6), ("l", 0xC0AC), ("m", 0xC2E8), ("n", 0xC4C3), ("o", 0xC5B6),
    ("p", 0xC5BE), ("q", 0xC6DA), ("r", 0xC8BB), ("s", 0xC8F6), ("t", 0xCBFA), ("w", 0xCDDA), ("x", 0xCEF4),
    ("y", 0xD1B9), ("z", 0xD4D1),
)  # fmt: skip
_CODES = [code for _, code in _STARTS]
_END = 0xD7FA


def initials(text: str) -> str:
    """`text` by first letters: Chinese characters by their pinyin, letters and figures as they are, in lower case."""
    return "".join(_initial(c) for c in text)


def _initial(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    try:
        raw = character.encode("gb2312")
    except UnicodeEncodeError:
        return ""
    code = int.from_bytes(raw, "big")
    if len(raw) != 2 or not _CODES[0] <= code < _END:
        return ""
    return _STARTS[bisect_right(_CODES, code) - 1][0]
