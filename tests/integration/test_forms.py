"""A printed form comes back on a scanner and files itself; what should not does not."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from archive.domain.forms.printed import FormState, PrintedForm
from archive.domain.four_properties import ITEMS
from archive.domain.people import OPERATOR
from archive.domain.records import Record, RecordState, Version
from archive.services import forms
from archive.services.errors import BadInput, NotFound, Refused
from archive.services.estate_import import import_estate
from archive.services.forms import Wish
from archive.services.objects import object_of_record
from tests.builders import ESTATE, Town
from tests.integration.conftest import HOME

pytestmark = pytest.mark.slow

DAY = date(2026, 3, 6)


def pages_of(pdf: bytes, dpi: int = 150) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]
    finally:
        document.close()


def scanned(images: Sequence[Image.Image], dpi: int = 150) -> bytes:
    """The pages as a scanner's PDF, with grain so that no two scans are the same bytes."""
    out = io.BytesIO()
    grained = [grain(image, seed) for seed, image in enumerate(images)]
    grained[0].save(out, "PDF", save_all=True, append_images=grained[1:], resolution=dpi)
    return out.getvalue()


def grain(image: Image.Image, seed: int) -> Image.Image:
    noise = np.random.default_rng(seed + next(COUNT)).normal(0, 6, (image.height, image.width))
    return Image.fromarray(
        np.clip(np.asarray(image.convert("L"), np.float32) + noise, 0, 255).astype(np.uint8)
    )


COUNT = iter(range(1000, 10_000_000, 1000))


def printed(
    town: Town, type: str, house: str = HOME, **wish: object
) -> tuple[PrintedForm, list[Image.Image]]:
    made = Wish(type, house, DAY, copies=1, **wish)  # type: ignore[arg-type]
    form, file = forms.print_form(town.archive, OPERATOR, made)
    return form, pages_of(file.content)


def comes_back(town: Town, *images: Image.Image) -> list[Record]:
    item = town.receives(scanned(images), "scan.pdf")
    town.works()
    return town.records_of(item)


def codes(record: Record) -> set[str]:
    return {str(p["code"]) for p in record.problems}


def test_forms_of_several_houses_in_one_pile_file_themselves(town: Town) -> None:
    card, first = printed(town, "owner_card")
    call, second = printed(town, "callback_record", "5-602")
    keys, third = printed(town, "key_loan_register", "5-602")
    pile = [first[0], second[0].rotate(180), third[0].rotate(90, expand=True)]
    records = comes_back(town, *pile)
    assert [(r.type, r.house_key, r.record_date, r.state) for r in records] == [
        ("owner_card", "3-2-1203", DAY, RecordState.FILED),
        ("callback_record", "5-602", DAY, RecordState.FILED),
        ("key_loan_register", "5-602", DAY, RecordState.FILED),
    ]
    assert [r.owner for r in records] == ["示例一", "示例二", "示例二"]
    assert all(r.tenure for r in records)
    origin = {f["code"]: f["origin"] for f in records[0].fields}
    assert origin["house"] == origin["owner"] == origin["date"] == "qr"
    for form, record in zip((card, call, keys), records, strict=True):
        line = forms.one(town.archive, OPERATOR, form.id)
        assert line.form.state is FormState.RETURNED
        assert [b.record for b in line.back] == [record.id]
    assert forms.one(town.archive, OPERATOR, card.id).gaps, "nobody has signed it"


def test_the_same_form_again_and_its_second_copy_go_to_the_desk(town: Town) -> None:
    wish = Wish("key_custody_authority", HOME, DAY, copies=2)
    form, file = forms.print_form(town.archive, OPERATOR, wish)
    one, two = pages_of(file.content)
    (first,) = comes_back(town, one)
    assert first.state is RecordState.FILED
    (again,) = comes_back(town, one)
    assert again.state is RecordState.TO_VERIFY
    assert "form_again" in codes(again)
    told = next(p for p in again.problems if p["code"] == "form_again")
    assert told["details"]["record"] == first.id
    (other,) = comes_back(town, two)
    assert other.state is RecordState.TO_VERIFY
    assert "form_other_copy" in codes(other)
    assert len(forms.one(town.archive, OPERATOR, form.id).back) == 3


def test_a_void_one_and_one_of_a_former_owner_wait_for_a_person(town: Town) -> None:
    spoilt, images = printed(town, "owner_card")
    forms.void(town.archive, OPERATOR, spoilt.id, reason="填错了")
    with pytest.raises(BadInput):
        forms.print_again(town.archive, OPERATOR, spoilt.id)
    (record,) = comes_back(town, *images)
    assert record.state is RecordState.TO_VERIFY
    assert "form_void" in codes(record)
    assert record.house_key == "3-2-1203", "it is known whose it is"

    _, images = printed(town, "owner_card", "5-602")
    town.clock.forward(days=30)
    rows = f"estate,house,owner,from,to,phone\n{ESTATE},5幢-602,示例二,2021-05-01,2026-03-20,\n"
    import_estate(town.archive, OPERATOR, io.BytesIO(rows.encode()), "houses.csv")
    (record,) = comes_back(town, *images)
    assert record.state is RecordState.TO_VERIFY
    assert "form_tenure_ended" in codes(record)


def test_a_forged_or_unknown_code_gives_no_class_and_no_house(town: Town) -> None:
    form, _ = printed(town, "notice")
    key = forms.seal_key(town.archive)
    kind = town.archive.pack.record_types["notice"]
    stranger = replace(form, id="ZZZZ2222")
    drawn = forms._drawn(town.archive, stranger, kind, None, key)
    (record,) = comes_back(town, *pages_of(drawn.content))
    assert codes(record) >= {"form_unknown"}
    drawn = forms._drawn(town.archive, form, kind, None, b"another archive")
    (forged,) = comes_back(town, *pages_of(drawn.content))
    assert codes(forged) >= {"form_forged"}
    for one in (record, forged):
        assert one.state is RecordState.TO_VERIFY
        assert one.type is None
        assert one.access_class == "secret"
    assert forms.one(town.archive, OPERATOR, form.id).form.state is FormState.PRINTED


def test_a_separator_splits_a_stack(town: Town) -> None:
    _, card = printed(town, "owner_card")
    sheet = pages_of(forms.separator(town.archive, OPERATOR).content)
    _, other = printed(town, "callback_record", "5-602")
    records = comes_back(town, *sheet, *card, *sheet, *other)
    assert [(r.type, r.source_pages) for r in records] == [("owner_card", (2,)), ("callback_record", (4,))]


def test_pages_find_each_other_and_a_missing_one_is_told(town: Town) -> None:
    _, images = printed(town, "key_loan_register", rows=30)
    assert len(images) >= 3
    (record,) = comes_back(town, images[2], images[0], images[1])
    assert record.state is RecordState.FILED
    assert record.source_pages == (2, 3, 1)
    _, images = printed(town, "key_loan_register", rows=30)
    (record,) = comes_back(town, images[0], images[2])
    assert record.state is RecordState.TO_VERIFY
    assert "pages_missing" in codes(record)


def test_who_may_print_and_void(town: Town) -> None:
    staff, auditor = town.who["staff"], town.who["auditor"]
    with pytest.raises(Refused):
        forms.print_form(town.archive, auditor, Wish("owner_card", HOME))
    form, _ = forms.print_form(town.archive, town.who["manager"], Wish("owner_card", HOME))
    assert forms.printed(town.archive, staff, state="printed")[0].may_void is False
    with pytest.raises(Refused):
        forms.void(town.archive, staff, form.id, reason="别人的")
    with pytest.raises(BadInput):
        forms.void(town.archive, town.who["archivist"], form.id, reason=" ")
    forms.void(town.archive, town.who["archivist"], form.id, reason="重复打印")
    with pytest.raises(NotFound):
        forms.one(town.archive, staff, "22222222")


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (Wish("no_such_type"), "unknown_type"),
        (Wish("owner_card", "9-9-999"), "house_unknown"),
        (Wish("owner_card", HOME, copies=50), "bad_copies"),
        (Wish("owner_card", HOME, values={"no_field": "x"}), "unknown_field"),
        (Wish("violation_record", HOME, values={"grade": "中等"}), "bad_choice"),
        (Wish("key_loan_register", HOME, rows=100_000), "bad_rows"),
    ],
)
def test_what_cannot_be_printed_says_why(town: Town, wish: Wish, code: str) -> None:
    with pytest.raises(BadInput) as raised:
        forms.print_form(town.archive, OPERATOR, wish)
    assert raised.value.code == code


def test_a_phone_of_a_secret_form_is_masked(town: Town) -> None:
    rows = f"estate,house,owner,from,to,phone\n{ESTATE},A座905,示例三,2021-05-01,,13800000444\n"
    import_estate(town.archive, OPERATOR, io.BytesIO(rows.encode()), "houses.csv")
    secret, _ = printed(town, "owner_card", "A-905")
    assert secret.shown["phone"] == "138****0444"
    assert "phone" not in secret.values
    plain, _ = printed(town, "callback_record", "A-905")
    assert plain.shown["phone"] == "13800000444"


def test_the_four_properties_are_kept_with_each_version(town: Town) -> None:
    """In the database, and in the store beside the bytes, so that a rebuilt catalogue has them."""
    town.files("owner_card", house=HOME, owner="示例一")
    with town.archive.uow() as uow:
        versions = uow.list(Version, order=("number",))
    assert [v.number for v in versions] == [1, 2]
    for version in versions:
        results = {str(c["code"]): c["result"] for c in version.checks}
        assert set(results) == set(ITEMS)
        assert results["fixity"] == "passed"
        assert results["virus"] == "not_checked"
        stored = json.loads(
            town.archive.store.read(object_of_record(version.record), version.number, "four-properties.json")
        )
        assert [i["code"] for i in stored["items"]] == list(ITEMS)
        kept = json.loads(
            town.archive.store.read(object_of_record(version.record), version.number, "metadata.json")
        )
        assert kept["version"]["checks"] == [dict(c) for c in version.checks]
    before, after = ({str(c["code"]): c["result"] for c in v.checks} for v in versions)
    assert before["required_metadata"] == "open"
    assert after["required_metadata"] == "passed"
