"""The sheet that is laid between the papers of a stack."""

from __future__ import annotations

from archive.domain.forms.elements import A4, Code, Frame, Sheet, Words, ems, shrunk

SIDE = 52.0


def lay_out_separator(title: str, house: str) -> Sheet:
    """One upright sheet with the code in two corners and in the middle; `title` of the type and `house` are said
    in words where the code names them."""
    sheet = Sheet()
    width, height = A4
    sheet.printed.append(Frame(12.0, 12.0, width - 12.0, height - 12.0, 0.8))
    _centred(sheet, 44.0, "分 隔 页", 13.0, bold=True)
    _centred(sheet, 64.0, "Separator sheet", 5.0)
    sheet.printed.append(Code((width - SIDE) / 2, 92.0, SIDE))
    y = 164.0
    for line in (title, house):
        if line:
            _centred(sheet, y, line, 8.0, bold=True)
            y += 15.0
    _centred(sheet, 214.0, "放在每一份材料之前，一起扫描；本页不归档，可反复使用。", 4.2)
    _centred(sheet, 222.0, "Lay it before each set of papers and scan them together.", 3.4)
    for x, y in ((20.0, height - 50.0), (width - 50.0, height - 50.0)):
        sheet.printed.append(Code(x, y, 30.0))
    return sheet


def _centred(sheet: Sheet, y: float, text: str, size: float, bold: bool = False) -> None:
    size = shrunk(text, size, sheet.width - 40.0)
    sheet.printed.append(Words((sheet.width - ems(text) * size) / 2, y, text, size, bold, not bold, True))
