"""Our codes survive printing, scanning and hostile hands."""

from __future__ import annotations

import io

import numpy as np
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ingest.barcode import Slip, read_codes, slip_of, slip_text

SLIPS = st.builds(
    Slip,
    st.sampled_from(["form", "cover"]),
    st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True) | st.just(""),
    st.sampled_from(["", "3-2-1203", "A-905", "2期3-602"]),
    st.just(1),
    st.integers(1, 9),
    st.from_regex(r"[A-Za-z0-9._:/·-]{1,30}", fullmatch=True) | st.just(""),
)


PRINTED = st.builds(
    Slip,
    st.just("form"),
    st.from_regex(r"[a-z][a-z0-9_]{0,29}", fullmatch=True),
    st.sampled_from(["", "3-2-1203", "A-905", "2期3-602"]),
    st.integers(1, 9),
    st.integers(9, 20),
    serial=st.from_regex(r"[2-9A-Z]{8}", fullmatch=True),
    copy=st.integers(1, 9),
    tenure=st.from_regex(r"([0-9A-Z]{10})?", fullmatch=True),
    seal=st.from_regex(r"[A-Z2-7]{10}", fullmatch=True),
)


@given(SLIPS | PRINTED)
def test_what_is_printed_is_what_is_read(slip: Slip) -> None:
    assert slip_of(slip_text(slip)) == slip


@given(
    st.text(max_size=200)
    | st.text(max_size=100).map(lambda t: "dangan:form?" + t)
    | st.text("ABF0123456789/.-", max_size=60).map(lambda t: "DANGAN:F/" + t)
)
def test_any_other_text_is_no_slip_or_a_sound_one(text: str) -> None:
    slip = slip_of(text)
    assert slip is None or slip_of(slip_text(slip)) == slip


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/?type=owner_card",
        "dangan:shred?type=owner_card",
        "dangan:form?type=../../etc/passwd",
        "dangan:form?house=<script>",
        "dangan:form?page=3&of=2",
        "dangan:form?page=0",
        "dangan:form?unknown=1",
        "dangan:cover?" + "a=1&" * 400,
        "dangan:form?ref=" + "x" * 2000,
        "DANGAN:F/OWNER.CARD/3-2-1203/2J7K9QWXZ0/K7Q29MXA/1/2-1/3FK9Q2TZ6M",
        "DANGAN:F/OWNER.CARD/3-2-1203/2J7K9QWXZ0/K7Q29MXA/1/1-1/short",
        "DANGAN:F/owner.card/3-2-1203/2J7K9QWXZ0/K7Q29MXA/1/1-1/3FK9Q2TZ6M",
        "DANGAN:F/OWNER.CARD/03-2-1203/2J7K9QWXZ0/K7Q29MXA/1/01-1/3FK9Q2TZ6M",
        "DANGAN:X/OWNER.CARD/3-2-1203/2J7K9QWXZ0/K7Q29MXA/1/1-1/3FK9Q2TZ6M",
    ],
)
def test_strange_codes_are_none_of_ours(text: str) -> None:
    assert slip_of(text) is None


def test_a_slip_that_cannot_be_printed_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot stand in a code"):
        slip_text(Slip("form", type="Owner Card"))


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_a_code_is_found_however_the_page_lies(turn: int) -> None:
    slip = Slip("form", "callback_record", "3-2-1203", reference="A/1-0042")
    out = io.BytesIO()
    segno.make(slip_text(slip), micro=False).save(out, kind="png", scale=5)
    page = Image.new("L", (1240, 1754), 250)
    page.paste(Image.open(out).convert("L").rotate(3, expand=True, fillcolor=250), (900, 120))
    (code,) = read_codes(np.ascontiguousarray(np.rot90(np.asarray(page), turn)))
    assert slip_of(code.text) == slip


def test_a_page_without_code_and_no_page_at_all() -> None:
    assert read_codes(np.full((300, 200), 255, np.uint8)) == ()
    assert read_codes(np.zeros((0, 10), np.uint8)) == ()
