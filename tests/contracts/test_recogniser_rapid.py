from __future__ import annotations

import pytest

from ingest.ocr.engine import Engine
from ingest.ocr.rapid import RapidEngine
from tests.contracts.recogniser import RecogniserContract

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def engine() -> Engine:
    return RapidEngine()


class TestRapid(RecogniserContract):
    worst = 0.01
