"""Damaged in any place, a file gets facts: the pipeline raises nothing, whatever the bytes."""

from __future__ import annotations

import io
import json
import random
import zipfile
from pathlib import Path

import openpyxl
import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ingest.codec import dump, load
from ingest.facts import FileFacts, Limits, Page
from ingest.pipeline import Pipeline
from schemas import load_pack
from tests.unit.ingest.containers import old_word, old_workbook, outlook_message
from tests.unit.ingest.manuals import Manual
from tests.unit.ingest.test_pdf import scanned, typed

PIPELINE = Pipeline(
    load_pack(),
    recognise=lambda image, dpi=None, *, number=1: Page(number, (), ""),
    understand=lambda pages, pack, image_of: (),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    pages = [Image.effect_noise((200, 300), 50).convert("1") for _ in range(2)]
    pages[0].save(folder / "t.tif", save_all=True, append_images=pages[1:], compression="group4")
    Image.effect_noise((200, 300), 50).save(folder / "j.jpg")
    Image.effect_noise((200, 300), 50).save(folder / "p.png")
    files = [Manual().save(folder / "m.docx"), typed(folder / "t.pdf", 2), scanned(folder / "s.pdf", pages=2)]
    files += [folder / name for name in ("t.tif", "j.jpg", "p.png")]
    files += [
        old_word(folder / "w.doc", "停水通知\r3栋\x07周六\x07\x07" * 20, header="测试物业\r"),
        old_workbook(folder / "x.xls", "钥匙", [["房号", 2.0]] * 20),
        outlook_message(folder / "m.msg", "停水通知", "本周六停水。" * 20, "名单.xlsx"),
    ]
    pillow_heif.from_pillow(Image.effect_noise((64, 96), 50).convert("RGB")).save(folder / "h.heic")
    book = openpyxl.Workbook()
    book.active.append(["房号", "3-2-1203"])  # type: ignore[union-attr]
    book.save(folder / "b.xlsx")
    (folder / "r.rtf").write_bytes(
        b"{\\rtf1\\ansicpg936{\\fonttbl{\\f0 S;}}\\'cd\\'a3\\par \\u19994?{\\b x}}" * 9
    )
    page = "<html><body><table><tr><td>楼栋<td>3栋</table><p>停水<!-- x --></body></html>"
    (folder / "w.html").write_text(page, encoding="utf-8")
    mail = "From: a@example.org\nTo: b@example.org\nSubject: =?utf-8?b?5YGc5rC0?=\nMIME-Version: 1.0\n"
    (folder / "m.eml").write_text(
        mail + 'Content-Type: multipart/mixed; boundary="x"\n\n--x\n\nhello\n--x--\n'
    )
    files += [folder / name for name in ("h.heic", "b.xlsx", "r.rtf", "w.html", "m.eml")]
    return {path.name: path.read_bytes() for path in files}


def damaged(data: bytes, rng: random.Random) -> bytes:
    """The bytes with a few changed, lost, added or repeated."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 3, 20))):
        place = rng.randrange(len(out))
        kind = rng.randrange(4)
        if kind == 0:
            out[place] = rng.randrange(256)
        elif kind == 1:
            del out[place : place + rng.randrange(1, 200)]
        elif kind == 2:
            out[place:place] = rng.randbytes(rng.randrange(1, 60))
        else:
            other = rng.randrange(len(out))
            out[place : place + 50] = out[other : other + 50]
        out = out or bytearray(b"x")
    return bytes(out)


def damaged_part(data: bytes, rng: random.Random) -> bytes:
    """A container whose directory is whole and one of whose parts is damaged."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        names = source.namelist()
        victim = rng.choice([n for n in names if n.endswith((".xml", ".rels"))])
        for name in names:
            part = source.read(name)
            target.writestr(name, damaged(part, rng) if name == victim and part else part)
    return made.getvalue()


SCANS = ("t.pdf", "s.pdf", "t.tif", "j.jpg", "p.png", "h.heic")
TEXTS = ("m.docx", "b.xlsx", "w.doc", "x.xls", "m.msg", "r.rtf", "w.html", "m.eml")


@settings(max_examples=300, deadline=20_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(SCANS + TEXTS), st.integers(0, 2**32))
def test_damage_anywhere(whole: dict[str, bytes], tmp_path: Path, name: str, seed: int) -> None:
    rng = random.Random(seed)
    inside = name.endswith((".docx", ".xlsx")) and rng.random() < 0.7
    path = tmp_path / name
    path.write_bytes((damaged_part if inside else damaged)(whole[name], rng))
    facts = PIPELINE.read(path, name, Limits())
    assert isinstance(facts, FileFacts)
    assert load(FileFacts, json.loads(json.dumps(dump(facts)))) == facts  # whatever was read can be handed on
