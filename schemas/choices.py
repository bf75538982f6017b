"""Reading the written value of a choice field: the word itself, or the one that is ticked."""

from __future__ import annotations

import re
from collections.abc import Iterable

from schemas.text import fold

_TICK = r"[☑☒✓✔√■●▣v]"


def read_choice(written: str, choices: Iterable[str]) -> str | None:
    """Which of `choices` is written: 重大, 重大违章, "□一般 ☑重大"; None if it is none or not one alone."""
    text = re.sub(r"\s", "", fold(written))
    folded = {choice: fold(choice) for choice in choices}
    for choice, word in folded.items():
        if text == word:
            return choice
    named = [choice for choice, word in folded.items() if word in text]
    if len(named) == 1:
        return None if re.search(r"[不非]" + re.escape(folded[named[0]]), text) else named[0]
    ticked = [choice for choice in named if re.search(_TICK + r"[\])）]?" + re.escape(folded[choice]), text)]
    after = [
        choice for choice in named if re.search(re.escape(folded[choice]) + r"\w{0,2}[(\[]?" + _TICK, text)
    ]
    return ticked[0] if len(ticked) == 1 else after[0] if not ticked and len(after) == 1 else None
