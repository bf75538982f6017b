"""Made-up born-digital papers for measuring: two pages of Chinese text with a table, as .docx and .pdf."""

from __future__ import annotations

import random
from pathlib import Path

from docx import Document
from docx.enum.text import WD_BREAK
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WORDS = (
    "小区物业客服中心值班巡查记录登记业主装修申请房屋验收钥匙回访投诉处理通知"
    "安全消防电梯车位绿化保洁维修费用管理制度时间地点人员签名备注情况说明日期编号"
)
LINE = 38
LINES = 30


def sentences(rng: random.Random, count: int) -> list[str]:
    return ["".join(rng.choices(WORDS, k=LINE)) + "。" for _ in range(count)]


def write_docx(path: Path, rng: random.Random) -> None:
    document = Document()
    document.add_heading(f"通知 {rng.randrange(10**6)}", 1)
    for page in range(2):
        for text in sentences(rng, LINES - 12):
            document.add_paragraph(text)
        table = document.add_table(rows=5, cols=4)
        for row in table.rows:
            for cell in row.cells:
                cell.text = "".join(rng.choices(WORDS, k=6))
        if page == 0:
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.save(str(path))


def write_pdf(path: Path, rng: random.Random, font: Path) -> None:
    if "bench" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("bench", str(font)))
    canvas = Canvas(str(path), pagesize=A4)
    for _ in range(2):
        canvas.setFont("bench", 11)
        for n, text in enumerate(sentences(rng, LINES)):
            canvas.drawString(60, 780 - n * 24, text)
        canvas.showPage()
    canvas.save()


def make(folder: Path, count: int, font: Path, seed: int = 7) -> list[Path]:
    """`count` papers, half of each kind, all different."""
    rng = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    papers = []
    for n in range(count):
        path = folder / f"paper-{n:05d}.{'docx' if n % 2 else 'pdf'}"
        if n % 2:
            write_docx(path, rng)
        else:
            write_pdf(path, rng, font)
        papers.append(path)
    return papers
