"""Sample papers that never were on paper: a text file from a telephone call, and a notice printed to PDF."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from archive.services.demo_papers.neighbourhood import OFFICE
from schemas.model import Pack

FACE = "dangan-demo"


def phone_enquiry(pack: Pack, year: int) -> bytes:
    """An enquiry noted down during a call, as plain text with one label a line."""
    kind = pack.record_types["enquiry_record"]
    values = {
        "house": "2-1-902",
        "owner": "例春燕",
        "phone": "13800000111",
        "content": "想补办一张门禁卡，问要带什么、多久能取。已告知带身份证到客服中心，当天可取。",
        "date": f"{year - 1}年8月21日",
    }
    lines = [f"{f.label_zh}：{values[f.code]}" for f in kind.fields if f.code in values]
    return "\n".join([kind.title_zh, "", *lines]).encode()


NOTICE_TITLE = "温馨提示"
NOTICE = (
    "各位业主、住户：",
    "因清洗生活水箱，本月20日9时至15时全小区暂停供水，请提前储水，",
    "离家前关好水龙头。恢复供水后如有浑浊，放水片刻即可。给您带来不便，",
    "请谅解。有事请拨打客服中心电话13800000000。",
)


def printed_notice(year: int, font: Path) -> bytes:
    """A notice for the board as a word processor prints it to PDF, with its text layer."""
    if FACE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FACE, str(font)))
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setFont(FACE, 22)
    canvas.drawCentredString(105 * mm, 262 * mm, NOTICE_TITLE)
    canvas.setFont(FACE, 13)
    y = 244.0
    for line in (
        *NOTICE,
        "",
        f"　　　　　　　　　　　　　　　　　　　　{OFFICE}",
        f"日期：{year - 1}年9月17日",
    ):
        canvas.drawString(25 * mm, y * mm, line)
        y -= 9
    canvas.save()
    return out.getvalue()
