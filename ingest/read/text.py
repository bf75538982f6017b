"""Plain text: encoding found by content, one line per line, pages as the rendition breaks them."""

from __future__ import annotations

from pathlib import Path

from ingest.facts import Limits, Problem
from ingest.layout import pages_of
from ingest.problems import problem
from ingest.read.content import Block, Content

MEDIA_TYPE = "text/plain"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
EVERYDAY = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种"
    "面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本"
    "去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比"
    "或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题程展五果料象员革位入常文总次"
    "品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必"
    "战先回则任取据处理世车 "
    "這個為來時們會說產種過後經進著電裡實現學對發當點從業應開還與關員總條問題無體長見計別統記錄書處門間號"
    "樓單戶車證類請財務區報話樣"
)
"""Frequent characters of both scripts and the blank; they tell a right decoding from a wrong one."""


def looks_like_text(head: bytes) -> bool:
    """Whether the first bytes of a file are text in one of the encodings we read."""
    if any(head.startswith(bom) for bom, _ in _BOMS):
        return True
    if _utf16_without_bom(head):
        return True
    odd = sum(1 for byte in head if byte < 32 and byte not in (9, 10, 12, 13, 26, 27))
    return odd == 0 and decode(head, cut=True)[1] <= len(head) // 100


def decode(data: bytes, cut: bool = False) -> tuple[str, int, str]:
    """Text, number of unreadable places and the encoding's name; `cut` allows a last character cut off."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            text = data.decode(name, "replace")
            return text, text.count("\ufffd"), name.removesuffix("-sig")
    if guess := _utf16_without_bom(data):
        text = data.decode(guess, "replace")
        return text, text.count("\ufffd"), guess
    try:
        return data.decode("utf-8"), 0, "utf-8"
    except UnicodeDecodeError as error:
        if cut and error.start >= len(data) - 3:
            return data[: error.start].decode("utf-8"), 0, "utf-8"
    best = max(
        ((_score(data.decode(name, "replace")), name) for name in ("gb18030", "big5hkscs")),
        key=lambda s: s[0],
    )
    text = data.decode(best[1], "replace")
    bad = text.count("\ufffd")
    return text, max(0, bad - 1) if cut else bad, best[1].removesuffix("hkscs")


def _utf16_without_bom(data: bytes) -> str | None:
    """UTF-16 by its zero bytes: line ends, blanks and digits have one, and no 8-bit text has any."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    if even + odd == 0 or (len(data) % 2 and len(data) < 8192):
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    text = data[: len(data) // 2 * 2].decode(name, "replace")
    good = sum(1 for c in text if c.isprintable() or c in "\r\n\t")
    return name if good >= len(text) * 0.97 and "\x00" not in text else None


def _score(text: str) -> float:
    """How much a decoding reads like Chinese: shares of everyday characters, minus what cannot be read."""
    if not text:
        return 0.0
    everyday = sum(1 for c in text if c in EVERYDAY)
    bad = sum(
        1 for c in text if c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or (c > "\x7f" and not c.isprintable())
    )
    return (everyday - 3 * bad) / len(text)


def read(path: Path, limits: Limits) -> Content:
    """The text of the file, laid out on pages as its rendition shows it. OSError: cannot open."""
    text, bad, encoding = decode(path.read_bytes())
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    problems: tuple[Problem, ...] = (problem("guessed_encoding", encoding=encoding, bad=bad),) if bad else ()
    if not text.strip():
        problems += (problem("no_text"),)
    blocks = tuple(Block("paragraph", line.rstrip(" \t")) for line in text.split("\n"))
    return Content(MEDIA_TYPE, pages_of(blocks), problems, blocks)
