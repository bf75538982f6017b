"""Draw a folder of invented scans with their truth.

    python -m bench.sheets FOLDER [--seed N] [--files N] [--fonts FOLDER]

Every file is drawn from the seed and its own number. Fonts are those below `--fonts` (TrueType, OpenType or WOFF;
without it the Chinese fonts that fontconfig knows); other fonts give other pictures. `truth.jsonl` has the shape
that `bench.understand` reads, with `classes`, what makes the file hard, and `rows` for a register's entries.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from opencc import OpenCC
from PIL import Image

from bench.sheets.forms import Drawer, Filled, RegisterDrawer, filled
from bench.sheets.paper import BLACK, BLUE, Fonts, Paper
from bench.sheets.people import Household, day, day_written, house_written, household, value_of
from bench.sheets.wear import Wear, wear, worn
from schemas.loader import load_pack
from schemas.model import FieldType, Pack, RecordType

TRADITIONAL = OpenCC("s2t")


def fonts_below(folder: Path | None) -> list[Path]:
    """Font files, in the order of their names."""
    if folder is not None:
        return sorted(f for f in folder.rglob("*") if f.suffix in (".ttf", ".ttc", ".otf", ".woff"))
    listed = subprocess.run(
        ["fc-list", ":lang=zh", "file"], capture_output=True, text=True, check=True
    ).stdout
    return sorted({Path(line.split(":")[0]) for line in listed.splitlines()})


def kinds_of(pack: Pack) -> tuple[list[RecordType], list[RecordType]]:
    """The types drawn as forms of one household, and as registers of many."""
    house = [k for k in pack.record_types.values() if {"house", "date"} <= {f.role for f in k.fields}]
    forms = [
        k for k in house if k.kind in ("form", "agreement", "certificate", "notice") and len(k.fields) >= 3
    ]
    return forms, [k for k in house if k.kind == "register" and len(k.fields) >= 4]


class Maker:
    """Makes files from one seed."""

    def __init__(self, folder: Path, seed: int, fonts: Fonts, pack: Pack) -> None:
        self.folder, self.seed, self.fonts = folder, seed, fonts
        self.forms, self.registers = kinds_of(pack)

    def file(self, number: int) -> list[dict[str, Any]]:
        """Draws one file; returns the truth of its pages."""
        rng = random.Random(self.seed * 100_003 + number)
        chance = rng.random()
        home = household(rng)
        if chance < 0.12:
            parts: list[tuple[Filled | None, list[Image.Image]]] = [self._register(rng)]
        elif chance < 0.27:
            parts = self._batch(home, rng)
        else:
            parts = [self._form(rng.choice(self.forms), home, rng)]
        how = wear(rng)
        several = sum(len(sheets) for _, sheets in parts) > 1
        name = f"{number:04d}.{_format(how, several)}"
        pages: list[Image.Image] = []
        truth: list[dict[str, Any]] = []
        for index, (form, sheets) in enumerate(parts, 1):
            for sheet in sheets:
                pages.append(worn(sheet, how, rng))
                truth.append(self._truth(name, len(pages), index, form, how, pages[-1]))
        for line in truth:
            line["pages_in_file"] = len(pages)
        options: dict[str, Any] = (
            {"quality": how.quality}
            if name.endswith("jpg")
            else {"compression": "group4" if how.mode == "bilevel" else "tiff_deflate"}
            if name.endswith("tif")
            else {}
        )
        pages[0].save(
            self.folder / name,
            **({"save_all": True, "append_images": pages[1:]} if name.endswith("tif") else {}),
            **options,
        )
        return truth

    def _paper(self, rng: random.Random) -> Any:
        print_font, hand_font = rng.choice(self.fonts.prints), rng.choice(self.fonts.hands)
        ink = rng.choice([BLUE, BLUE, BLACK])
        return lambda: Paper(self.fonts, print_font, hand_font, rng, ink)

    def _form(
        self, kind: RecordType, home: Household, rng: random.Random
    ) -> tuple[Filled, list[Image.Image]]:
        value = day(rng)
        form = filled(kind, home, value, rng)
        new_paper = self._paper(rng)
        if rng.random() < 0.12:
            form.classes.add("traditional")
            form.title = TRADITIONAL.convert(form.title)
            form.labels = {k: TRADITIONAL.convert(v) for k, v in form.labels.items()}
        sheets = Drawer(form, new_paper, rng).draw()
        form.values["_day"] = value.isoformat()
        return form, [s.image for s in sheets]

    def _batch(self, home: Household, rng: random.Random) -> list[tuple[Filled | None, list[Image.Image]]]:
        parts: list[tuple[Filled | None, list[Image.Image]]] = []
        for kind in rng.sample(self.forms, rng.randint(2, 4)):
            if parts and rng.random() < 0.3:
                parts.append((None, [self._paper(rng)().image]))
            parts.append(self._form(kind, home, rng))
        return parts

    def _register(self, rng: random.Random) -> tuple[Filled, list[Image.Image]]:
        kind, value = rng.choice(self.registers), day(rng)
        spelled, spelling = day_written(value, rng, in_field=False)
        form = Filled(
            kind,
            Household("", ()),
            {},
            {},
            spelled,
            classes={"register", f"date:{spelling}"},
            title=kind.title_zh,
            layout="register",
        )
        specs = [s for s in kind.fields if s.code != "page_number" and s.role != "number"][:7]
        for k in range(rng.randint(1, 9)):
            home = household(rng)
            row = {
                s.code: house_written(home.key, rng)
                if s.role == "house"
                else home.owners[0]
                if s.role == "owner"
                else spelled
                if s.role == "date"
                else value_of(s, rng)[:12]
                for s in specs
            }
            row = {
                code: "" if k and s.type is FieldType.TEXT and rng.random() < 0.2 else text
                for (code, text), s in zip(row.items(), specs, strict=True)
            }
            form.rows.append(row | {"_house": home.key, "_owner": home.owners[0]})
        sheets = RegisterDrawer(form, self._paper(rng), rng).draw()
        form.values["_day"] = value.isoformat()
        return form, [s.image for s in sheets]

    def _truth(
        self, name: str, page: int, index: int, form: Filled | None, how: Wear, picture: Image.Image
    ) -> dict[str, Any]:
        image = {"width": picture.width, "height": picture.height, "dpi": how.dpi, **asdict(how)}
        line: dict[str, Any] = {
            "file": name,
            "page": page,
            "segment": {"index": index},
            "image": image,
            "form": None,
            "has_signature": False,
            "has_seal": False,
        }
        if form is None:
            return line
        one = form.rows[0] if len(form.rows) == 1 else None
        owned = any(s.role == "owner" for s in form.kind.fields)
        house, owner = form.home.key or None, form.home.owner or None
        if one:
            house, owner = one["_house"], one["_owner"]
        dated = form.layout != "sentence" or "signing date" in form.classes
        if form.rows:
            dated = any(s.role == "date" and s.code in form.rows[0] for s in form.kind.fields)
        hard = {f"layout:{form.layout}", f"wear:{how.name}", f"mode:{how.mode}", f"dpi:{how.dpi}"}
        return line | {
            "form": form.kind.title_zh,
            "printed_title": form.title,
            "layout": form.layout,
            "house": house,
            "owner": owner if owned else None,
            "record_date": form.values["_day"] if dated else None,
            "has_signature": bool(form.signed),
            "has_seal": form.sealed,
            "many": len(form.rows) > 1,
            "rows": form.rows,
            "signed": form.signed,
            "classes": sorted({*form.classes, *hard, *(["turned"] if how.turned else [])}),
        }


def _format(how: Wear, several: bool) -> str:
    if several or how.mode == "bilevel":
        return "tif"
    return "png" if how.name == "clean" else "jpg"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--fonts", type=Path)
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    maker = Maker(options.folder, options.seed, Fonts(fonts_below(options.fonts)), load_pack())
    with (options.folder / "truth.jsonl").open("w", encoding="utf-8") as out:
        for number in range(options.files):
            out.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in maker.file(number))


if __name__ == "__main__":
    main()
