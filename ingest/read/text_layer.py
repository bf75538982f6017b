"""Whether the text layer of a page can be believed."""

from __future__ import annotations

import re
from functools import cache

_STRAY = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_MOJIBAKE = re.compile(r"[À-ÿŒœŠšŽžŸ†‡‰€¤¥§¨©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿]")
LEAST = 12
"""Fewer letters than this tell nothing."""


@cache
def _common(char: str) -> bool:
    """Whether a Chinese character is in the everyday sets of one of the two scripts (GB 2312, Big5)."""
    for encoding in ("gb2312", "big5"):
        try:
            char.encode(encoding)
        except UnicodeEncodeError:
            continue
        return True
    return False


def is_broken(text: str) -> bool:
    """Garbled: private or unassigned code points, characters nobody writes, wrong decodings.

    A font without a usable map gives arbitrary characters, so what counts is how many of them no Chinese or
    Latin text would hold.
    """
    letters = [c for c in text if not c.isspace()]
    if len(letters) < LEAST:
        return False
    bad = sum(1 for c in letters if _impossible(c))
    if bad > 0.05 * len(letters):
        return True
    han = [c for c in letters if "\u3400" <= c <= "\u9fff" or c > "\U00020000"]
    if len(han) > LEAST and sum(1 for c in han if not _common(c)) > 0.2 * len(han):
        return True
    return len(_MOJIBAKE.findall(text)) > 0.3 * len(letters)


def _impossible(char: str) -> bool:
    if char in "\ufffd\ufffe":
        return char == "\ufffd"
    return "\ue000" <= char <= "\uf8ff" or char > "\U000f0000" or (ord(char) < 32) or "\x7f" <= char <= "\x9f"


def has_stray_blanks(text: str) -> bool:
    """Single blanks between most Chinese characters, as some engines write their hidden text."""
    han = sum(1 for c in text if "\u4e00" <= c <= "\u9fff")
    return han >= LEAST and len(_STRAY.findall(text)) > 0.4 * han
