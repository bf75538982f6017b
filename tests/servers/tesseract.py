"""Tesseract with the data of both scripts; a library, not a server."""

from __future__ import annotations

import ctypes

from tests.servers import apt
from tests.servers.base import EngineMissing

PACKAGES = ("tesseract-ocr", "tesseract-ocr-chi-sim", "tesseract-ocr-chi-tra")


def install() -> None:
    """Raises EngineMissing when it can't be had."""
    apt.need(*PACKAGES)
    try:
        ctypes.CDLL("libtesseract.so.5")
    except OSError as error:
        raise EngineMissing(f"tesseract is installed, yet its library is not found: {error}") from error
