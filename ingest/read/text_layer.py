"""Whether the text layer of a page can be believed."""

from __future__ import annotations

import re
from functools import cache

from ingest.read.text import EVERYDAY

_MOJIBAKE = re.compile(r"[À-ÿŒœŠšŽžŸ†‡‰€¤¥§¨©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿]")
_MANY = 60
_SELDOM = 0.05
"""Everyday characters make up half of any Chinese text, a fifth of a list of names; less is another alphabet."""
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
    count = len(text) - sum(map(text.count, " \n\t\r"))
    if count < LEAST:
        return False
    kinds = set(text)
    if sum(text.count(c) for c in kinds if _impossible(c)) > 0.05 * count:
        return True
    han = [c for c in kinds if "\u3400" <= c <= "\u9fff" or c > "\U00020000"]
    total = sum(map(text.count, han))
    if total > LEAST and sum(text.count(c) for c in han if not _common(c)) > 0.2 * total:
        return True
    if len(han) > _MANY and sum(text.count(c) for c in han if c in EVERYDAY) < _SELDOM * total:
        return True
    return len(_MOJIBAKE.findall(text)) > 0.3 * count


def _impossible(char: str) -> bool:
    """Private use, unassigned, or a control character other than white space."""
    if char == "\ufffd" or "\ue000" <= char <= "\uf8ff" or char > "\U000f0000":
        return True
    return (char < " " and not char.isspace()) or "\x7f" <= char <= "\x9f"
