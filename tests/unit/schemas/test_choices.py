"""The grade as it is written, ticked or left open."""

from __future__ import annotations

import pytest

from schemas.choices import read_choice


@pytest.mark.parametrize(
    ("written", "choice"),
    [
        ("重大", "重大"),
        ("重大违章", "重大"),
        ("一般違章", "一般"),
        ("□一般 ☑重大", "重大"),
        ("√一般  □重大", "一般"),
        ("一般□ 重大√", "重大"),
        ("一般 重大", None),
        ("", None),
        ("严重", None),
        ("非重大", None),
    ],
)
def test_choices(written: str, choice: str | None) -> None:
    assert read_choice(written, ("一般", "重大")) == choice
