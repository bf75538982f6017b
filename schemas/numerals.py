"""Chinese numerals to numbers: 三, 十二, 二十三, 一百零二, 一二〇三, 贰零."""

from __future__ import annotations

DIGITS = {
    **{c: i for i, c in enumerate("零一二三四五六七八九")},
    **{c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")},
    "〇": 0,
    "两": 2,
}
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
NUMERALS = "".join(dict.fromkeys([*DIGITS, *UNITS]))
"""Every character a Chinese numeral below ten thousand may be written with (folded script)."""


def chinese_number(text: str) -> int | None:
    """The number that `text` (folded) writes, by place (一二〇三 → 1203) or by units (一千二百零三), else
    None.
    """
    if not text or any(c not in DIGITS and c not in UNITS for c in text):
        return None
    if not any(c in UNITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    total, digit, smallest, zero = 0, None, 10_000, False
    for c in text:
        if c in UNITS:
            unit = UNITS[c]
            if unit >= smallest or (digit is None and not (unit == 10 and total == 0)):
                return None
            total += (1 if digit is None else digit) * unit
            digit, smallest, zero = None, unit, False
        elif DIGITS[c] == 0:
            if digit is not None or zero:
                return None
            zero = True
        else:
            if digit is not None:
                return None
            digit = DIGITS[c]
    return total + (digit or 0)
