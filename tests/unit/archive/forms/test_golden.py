"""The layout of a few forms, held as data: what moves on paper is seen in the difference.

`python -m tests.unit.archive.forms.test_golden` writes them anew; look at a print before that is committed.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from archive.domain.forms import Print, Sheet, lay_out
from schemas import load_pack

GOLDEN = Path(__file__).parents[3] / "golden" / "forms"
SAID = Print(
    {"owner": "示例一", "house": "3栋2单元1203", "date": "2026年3月6日", "grade": "重大"},
    "测试苑",
    "3栋2单元1203",
    "2026年3月6日",
    "一式两联 · 第一联",
    "K7Q29MXA",
    "依据：004",
    "填写后请交客服中心扫描归档。",
)
TYPES = ("callback_record", "violation_record", "key_loan_register", "renovation_agreement")


def drawn(code: str) -> list[str]:
    """One line for each thing on the paper, to a hundredth of a millimetre."""
    return [line for sheet in lay_out(load_pack().record_types[code], SAID) for line in told(sheet)]


def told(sheet: Sheet) -> list[str]:
    things = [f"sheet {sheet.width:g}x{sheet.height:g}"]
    for thing in (*sheet.printed, *sheet.slots):
        values = {k: round(v, 2) if isinstance(v, float) else v for k, v in asdict(thing).items()}
        kept: dict[str, Any] = {k: v for k, v in values.items() if v not in (False, "", 0)}
        things.append(f"{type(thing).__name__.lower()} {json.dumps(kept, ensure_ascii=False)}")
    return things


@pytest.mark.parametrize("code", TYPES)
def test_the_layout_is_what_was_looked_at(code: str) -> None:
    assert drawn(code) == (GOLDEN / f"{code}.txt").read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    for code in TYPES:
        (GOLDEN / f"{code}.txt").write_text("\n".join(drawn(code)) + "\n", encoding="utf-8")
