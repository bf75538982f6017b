"""A manual from its first issue to the second edition, all in the browser, and its paper scanned with a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import docx
import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from ingest.documents import document_of
from ingest.facts import Limits
from ingest.read import docx as word
from ingest.rendition import installed, pdf_of_word
from tests.e2e.browser.conftest import PASSWORD, Papers, Visit
from tests.unit.ingest.manuals import Manual

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NUMBER = "XL-SF"
TITLE = "客服中心工作手册"
IMAGES = os.environ.get("DANGAN_TEST_IMAGES", "")
"""A folder for pictures of these pages, as the guide shows them."""


def picture(page: Page, name: str) -> None:
    if IMAGES:
        page.screenshot(path=str(Path(IMAGES) / f"{name}.png"), full_page=True)


def first_draft(folder: Path) -> Path:
    manual = Manual(NUMBER, TITLE, version="A", change="0", rows=(), effective="2026-01-01")
    return manual.save(folder / f"{TITLE}.docx")


def edited(page: Page, folder: Path, old: str, new: str) -> Path:
    """The file to go on with, one clause worded anew as its author does in Word."""
    with page.expect_download() as download:
        page.get_by_role("link", name="下载现稿").click()
    document = docx.Document(download.value.path())
    for paragraph in document.paragraphs:
        for run in (r for r in paragraph.runs if old in r.text):
            run.text = run.text.replace(old, new)
    path = folder / f"{TITLE} {new}.docx"
    document.save(str(path))
    return path


def sign(page: Page, action: str) -> None:
    page.fill(f"#password-{action}", PASSWORD)
    page.locator(f"form[action$='/{action}'] button").click()


@pytest.fixture
def desk(visit: Visit, papers: Papers) -> Callable[[str], Page]:
    people = {line["name"] for line in papers.running.answers("user", "list")}
    if "reviewer" not in people:
        given = ("--roles", "manager", "--display-name", "示立夏", "--password-stdin")
        papers.running.dangan("user", "add", "reviewer", *given, stdin=PASSWORD + "\n")
    open_pages: dict[str, Page] = {}

    def of(role: str) -> Page:
        if role not in open_pages:
            open_pages[role] = visit(role)
        return open_pages[role]

    return of


def go_through(
    desk: Callable[[str], Page],
    folder: Path,
    *,
    title: str = "",
    old: str = "",
    new: str = "",
    major: bool = False,
) -> None:
    """One revision from the proposal to its issue."""
    staff, manager, archivist, reviewer = (desk(r) for r in ("staff", "manager", "archivist", "reviewer"))
    staff.goto(f"/changes/new?number={NUMBER}")
    staff.fill("#title", title)
    staff.fill("#reason", "送达时限按新标准")
    staff.fill("#chapters", "" if title else "4.2")
    if major:
        staff.check("[name=major]")
    staff.get_by_role("button", name="提出", exact=True).click()
    address = staff.url
    manager.goto(address)
    manager.get_by_role("button", name="发出更改通知单").click()
    archivist.goto(address)
    archivist.get_by_role("button", name="签出", exact=True).click()
    file = first_draft(folder) if title else edited(archivist, folder, old, new)
    archivist.set_input_files("#file", str(file))
    archivist.get_by_role("button", name="签入", exact=True).click()
    expect(archivist.locator("#password-submit")).to_be_visible()
    sign(archivist, "submit")
    expect(archivist.locator(".life .now")).to_have_text("审核中")
    reviewer.goto(address)
    sign(reviewer, "review")
    expect(reviewer.locator(".life .now")).to_have_text("已审核")
    manager.goto(address)
    picture(manager, "document-approve")
    sign(manager, "approve")
    expect(manager.locator(".life .now")).to_have_text("已批准")
    archivist.goto(address)
    archivist.get_by_role("button", name="发布").click()
    expect(archivist.locator("h1")).to_have_text(TITLE)


def test_three_editions_and_the_paper_between(
    desk: Callable[[str], Page], visit: Visit, tmp_path: Path
) -> None:
    go_through(desk, tmp_path, title=TITLE)
    archivist = desk("archivist")
    archivist.get_by_text("发放一份").click()
    archivist.fill("#holder", "客服中心")
    archivist.get_by_role("button", name="发放", exact=True).click()
    expect(archivist.locator("table td.code", has_text="01")).to_be_visible()
    with archivist.expect_download() as print_out:
        archivist.get_by_role("link", name="打印").click()
    address = scan(Path(print_out.value.path()))
    phone = visit(None, phone=True)
    phone.goto(address)
    expect(phone.locator(".verdict")).to_contain_text("有效")
    picture(phone, "document-scan-valid")

    go_through(desk, tmp_path, old="24小时", new="12小时")
    phone.goto(address)
    expect(phone.locator(".verdict")).to_contain_text("已被新版代替")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(phone, "document-scan-superseded")

    go_through(desk, tmp_path, old="12小时", new="8小时", major=True)
    expect(archivist.locator(".side .line").first).to_contain_text("B/0")
    expect(archivist.locator("table.register tbody tr")).to_have_count(2)
    picture(archivist, "document")
    archivist.goto("/documents")
    picture(archivist, "documents")
    archivist.goto(f"/difference?number={NUMBER}")
    expect(archivist.locator(".difference ins")).to_have_text("8")
    picture(archivist, "document-difference")
    phone_page = visit("manager", phone=True)
    phone_page.goto(f"/documents/{NUMBER}")
    assert phone_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(phone_page, "document-phone")
    archivist.goto(f"/documents/{NUMBER}")
    on_paper(archivist, tmp_path)


def scan(pdf: Path) -> str:
    """What the QR code on the first page of a print says, as a path on this site."""
    import zxingcpp

    page = pypdfium2.PdfDocument(pdf.read_bytes())[0].render(scale=3).to_pil()
    (code,) = zxingcpp.read_barcodes(page)
    return "/c/" + code.text.rsplit("/c/", 1)[1]


def on_paper(page: Page, folder: Path) -> None:
    """The issued Word file, as an office suite lays it out, carries the right control page."""
    page.locator(".head-actions a.btn-primary").click()
    with page.expect_download() as original:
        page.get_by_role("link", name="原件").first.click()
    issued = folder / "issued.docx"
    issued.write_bytes(Path(original.value.path()).read_bytes())
    facts = document_of(word.read(issued, Limits()))
    assert facts is not None
    assert (facts.revision, [r.state for r in facts.control_page]) == ("B/0", ["A/1", "B/0"])
    assert docx.Document(str(issued)).sections[0].header.paragraphs[0].text.endswith("B/0")
    if installed() is None:
        return
    made = pdf_of_word(issued)
    assert made is not None
    pages = pypdfium2.PdfDocument(made)
    texts = [p.get_textpage().get_text_bounded() for p in pages]
    control = next(n for n, t in enumerate(texts) if "文件修改控制页" in t)
    assert "GG-" in texts[control]
    if IMAGES:
        pages[control].render(scale=1.3).to_pil().save(Path(IMAGES) / "document-control-page.png")
