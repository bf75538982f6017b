from __future__ import annotations

import pytest

from ingest.ocr import ENGINES
from ingest.ocr.engine import Engine
from ingest.ocr.tesseract import TesseractEngine
from ingest.reader import RECOGNISERS
from tests.contracts.recogniser import RecogniserContract
from tests.servers import tesseract
from tests.servers.base import EngineMissing, missing

pytestmark = [pytest.mark.engine, pytest.mark.slow]


@pytest.fixture(scope="module")
def engine() -> Engine:
    try:
        tesseract.install()
    except EngineMissing as why:
        missing("tesseract", str(why))
    return TesseractEngine()


class TestTesseract(RecogniserContract):
    worst = 0.05


def test_the_setting_knows_every_engine() -> None:
    assert tuple(ENGINES) == RECOGNISERS
