"""Sample papers that never were on paper: a text file from a telephone call, and a notice printed to PDF."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from schemas.model import Pack

FACE = "dangan-demo"


def phone_callback(pack: Pack, year: int) -> bytes:
    """A callback noted down during a call, as plain text with one label a line."""
    kind = pack.record_types["callback_record"]
    values = {
        "house": "2-1-902",
        "owner": "例春燕",
        "phone": "13800000111",
        "date": f"{year - 1}年8月21日",
        "method": "电话",
        "matter": "楼道灯更换",
        "content": "灯已经亮了，晚上回家方便多了。",
        "satisfaction": "很满意",
    }
    lines = [kind.title_zh, ""]
    lines += [f"{f.label_zh}：{values[f.code]}" for f in kind.fields if f.code in values]
    lines += [
        f"{p.label_zh}：{name}"
        for p, name in zip(kind.signatures, ("例春燕", "示小禾", "示立夏"), strict=False)
    ]
    return "\n".join(lines).encode()


def printed_notice(pack: Pack, year: int, font: Path) -> bytes:
    """A rectification notice as a word processor prints it to PDF, with its text layer."""
    kind = pack.record_types["violation_rectification_notice"]
    values = {
        "house": "B座1506",
        "owner": "样心怡",
        "deadline": f"{year - 1}年9月20日",
        "violation": "占用公共走道",
        "facts": "装修材料堆在走道两侧，推车无法通过。",
        "demand": "两天内移走材料，以后随到随搬进屋内。",
        "date": f"{year - 1}年9月17日",
        "number": f"ZG-{year - 1}-009",
    }
    if FACE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FACE, str(font)))
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setFont(FACE, 18)
    canvas.drawCentredString(105 * mm, 268 * mm, kind.title_zh)
    canvas.setFont(FACE, 12)
    y = 250.0
    for spec in kind.fields:
        if spec.code in values:
            canvas.drawString(25 * mm, y * mm, f"{spec.label_zh}：{values[spec.code]}")
            y -= 11
    for place in kind.signatures:
        if place.required:
            canvas.drawString(25 * mm, (y - 8) * mm, f"{place.label_zh}：")
            _sign(canvas, 25 + 6.5 * len(place.label_zh), y - 10)
            y -= 14
    canvas.save()
    return out.getvalue()


def _sign(canvas: Canvas, x: float, y: float) -> None:
    path = canvas.beginPath()
    path.moveTo(x * mm, (y + 3) * mm)
    for i in range(5):
        left = x + 4 * i
        path.curveTo(
            (left + 1) * mm, (y + 9) * mm, (left + 3) * mm, (y - 3) * mm, (left + 4.5) * mm, (y + 4) * mm
        )
    canvas.drawPath(path)
