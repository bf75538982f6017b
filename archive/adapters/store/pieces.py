"""Names of parts of files under way; hex digits alone, so that none can mean a path."""

from __future__ import annotations

import re


def hex_name(text: str) -> str:
    """The text, when it is 32 hex digits. Raises ValueError."""
    if not re.fullmatch(r"[0-9a-f]{32}", text):
        raise ValueError("parts of files are named by 32 hex digits")
    return text
