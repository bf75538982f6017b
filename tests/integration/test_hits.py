"""What a search finds is shown where it stands on the page: for text of a PDF and for a scan alike."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from archive.domain.people import OPERATOR
from archive.domain.records import Record, RecordState
from archive.services import deciding, hits
from archive.services.errors import Refused
from tests.builders import Town
from tests.integration.conftest import HOME
from tests.unit.ingest.drawing import Sheet

TYPE, DAY = "callback_record", date(2024, 3, 6)


def filed(town: Town, content: bytes, name: str) -> Record:
    item = town.receives(content, name)
    town.works()
    (record,) = town.records_of(item)
    if record.state is not RecordState.TO_VERIFY:
        return record
    who = town.who["archivist"]
    return deciding.accept(
        town.archive, who, record.id, type=TYPE, house=HOME, owner="示例一", date=DAY, fields={}
    )


def test_text_of_a_pdf(town: Town) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for _ in range(2):
        canvas.setFont("STSong-Light", 14)
        canvas.drawString(60, 780, "另行通知")
        canvas.drawString(60, 720, "地点：管理处会议室")
        canvas.showPage()
    canvas.save()
    record = filed(town, out.getvalue(), "t.pdf")
    found = hits.hit_places(town.archive, OPERATOR, record.id, record.version, "管理處會議室")
    assert [box.page for box in found] == [1, 2]
    assert found[0].x0 == pytest.approx((60 + 3 * 14) / 595, abs=0.02)
    assert found[0].x1 - found[0].x0 == pytest.approx(6 * 14 / 595, abs=0.02)
    assert found[0].y0 < (842 - 720) / 842 < found[0].y1 + 0.005
    assert hits.hit_places(town.archive, OPERATOR, record.id, record.version, "电梯") == ()


@pytest.mark.slow
def test_words_on_a_scan(town: Town) -> None:
    sheet = (
        Sheet().title("会议纪要").text(200, 600, "关于电梯维修资金的说明", 30).text(200, 900, "另行通知", 30)
    )
    out = BytesIO()
    Image.fromarray(sheet.pixels()).save(out, "PNG", dpi=(150, 150))
    record = filed(town, out.getvalue(), "scan.png")
    (box,) = hits.hit_places(town.archive, OPERATOR, record.id, record.version, "維修資金")
    assert (box.x0, box.x1) == pytest.approx(((200 + 4 * 30) / 1240, (200 + 8 * 30) / 1240), abs=0.02)
    assert box.y0 < 615 / 1754 < box.y1


def test_places_are_told_to_nobody_who_may_not_open(town: Town) -> None:
    record = town.files(
        "owner_card", house=HOME, owner="示例一", day=date(2024, 3, 6), text="业主资料卡 电梯"
    )
    with pytest.raises(Refused):
        hits.hit_places(town.archive, town.who["staff"], record.id, record.version, "电梯")
