"""What people do all day, done in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import PEOPLE, SECRET, UNGRADED, YEAR, Papers, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def seek(page: Page, words: str) -> None:
    """From any page: the key, the words, Enter."""
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/find"))


def shown(page: Page) -> None:
    """Wait until the page image is there."""
    image = page.locator("[data-image]")
    expect(image).to_be_visible()
    expect(image).not_to_have_js_property("naturalWidth", 0)


def test_a_house_number_leads_to_the_owner_file(visit: Visit) -> None:
    page = visit("staff")
    seek(page, "三栋二单元1203室")
    page.locator(".house-card").first.click()
    expect(page.locator("h1")).to_contain_text("1203")
    expect(page.locator("table.contents")).to_contain_text("业主资料卡")
    expect(page.locator("table.contents .wrong").first).to_contain_text("缺")


def test_words_are_found_in_either_script(visit: Visit) -> None:
    page = visit("staff")
    totals = []
    for words in ("钥匙借用", "鑰匙借用"):
        seek(page, words)
        expect(page.locator(".hit mark").first).to_be_visible()
        totals.append(page.locator(".result-head strong").inner_text())
    assert totals[0] == totals[1]


def test_asking_approving_with_a_thumb_and_reading(visit: Visit, papers: Papers) -> None:
    record = f"/records/{papers.records[SECRET]}"
    staff = visit("staff")
    staff.goto(record)
    expect(staff.locator(".closed-door")).to_be_visible()
    expect(staff.locator("[data-image]")).to_have_count(0)
    staff.fill("#purpose", "核对联系电话")
    staff.fill("#days", "2")
    staff.locator(".closed-door form button").click()
    staff.wait_for_url(re.compile("/access/"))
    request = staff.url

    manager = visit("manager", phone=True)
    expect(manager.locator("a.line").first).to_contain_text("核对联系电话")
    manager.goto(request)
    approve = manager.get_by_role("button", name="同意", exact=True)
    place = approve.bounding_box()
    assert place is not None
    assert place["y"] > 844 / 2, "in reach of the thumb"
    assert place["y"] + place["height"] <= 844
    assert place["height"] >= 44
    approve.tap()
    expect(manager.locator(".left")).to_be_visible()

    staff.goto("/")
    staff.locator("a.line", has_text="核对联系电话").click()
    staff.get_by_role("link", name="现在查阅").click()
    expect(staff.locator(".grant-bar .left")).to_be_visible()
    shown(staff)
    expect(staff.get_by_role("link", name="原件")).to_have_count(0)

    manager.goto(request)
    expect(manager.locator("tbody tr").first).to_contain_text("1")
    auditor = visit("auditor")
    auditor.goto("/audit?event=page:viewed")
    expect(auditor.locator("tbody tr").first).to_contain_text(PEOPLE["staff"])
    auditor.get_by_role("button", name="立即核验").click()
    expect(auditor.locator("#verified .tone-good")).to_be_visible()


def test_a_refusal_carries_its_reason(visit: Visit, papers: Papers) -> None:
    archivist = visit("archivist")
    archivist.goto(f"/records/{papers.records[SECRET]}")
    archivist.fill("#purpose", "随便看看")
    archivist.locator(".closed-door form button").click()
    archivist.wait_for_url(re.compile("/access/"))
    manager = visit("manager")
    manager.goto(archivist.url)
    manager.locator("summary", has_text="不同意").click()
    manager.fill("#reason", "用途不明确")
    manager.get_by_role("button", name="不同意").click()
    expect(manager.locator(".hit-meta")).to_contain_text("已拒绝")
    archivist.reload()
    expect(archivist.locator(".facts")).to_contain_text("用途不明确")


def test_a_record_is_verified_by_keys(visit: Visit, papers: Papers) -> None:
    page = visit("archivist")
    page.goto(f"/verify/{papers.records[UNGRADED]}")
    shown(page)
    page.locator("#house").focus()
    framed = page.locator("[data-box]")
    expect(framed).to_be_visible()
    box, image = framed.bounding_box(), page.locator("[data-image]").bounding_box()
    assert box is not None
    assert image is not None
    assert image["x"] <= box["x"] <= image["x"] + image["width"]
    assert image["y"] - 1 <= box["y"] <= image["y"] + image["height"]
    page.keyboard.press("Control+Enter")
    expect(page.locator("[role=alert]")).to_be_visible()
    grade = page.locator("select[data-required]")
    expect(grade).to_be_focused()
    grade.select_option("一般")
    if not page.locator("#date").input_value():
        page.fill("#date", f"{YEAR - 1}-05-06")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/verify$|after="))
    page.goto(f"/records/{papers.records[UNGRADED]}")
    expect(page.locator("h1")).to_contain_text("住户违章记录表")
    expect(page.locator(".facts").last).to_contain_text("暂无到期日")
    page.locator("summary", has_text="登记触发事件").click()
    page.select_option("#event-type", "closed")
    page.fill("#event-on", f"{YEAR}-01-15")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator(".facts").last).to_contain_text(f"保存到 {YEAR + 1}年1月15日")


def test_an_upload_shows_its_way_and_survives_a_reload(visit: Visit, papers: Papers) -> None:
    page = visit("archivist")
    page.goto("/intake")
    good, empty = papers.folder / "来访纪要.txt", papers.folder / "空.txt"
    good.write_text("来访纪要\n一位住户来询问车位租赁。")
    empty.write_bytes(b"")
    page.set_input_files("[data-files]", [str(good), str(empty)])
    page.wait_for_url(re.compile("/intake/"))
    expect(page.locator(".file")).to_have_count(2)
    page.reload()
    expect(page.locator(".file", has_text="来访纪要.txt")).to_contain_text("已完成", timeout=60_000)
    expect(page.locator(".file", has_text="空.txt")).to_contain_text("未接收", timeout=60_000)
    expect(page.locator(".file", has_text="空.txt").locator(".problems")).to_be_visible()
    page.goto("/intake")
    newest = page.locator("a.line").first
    expect(newest).to_contain_text("及另外 1 个文件")
    expect(newest).to_contain_text("1 项要处理")


def test_pages_are_turned_by_keys(visit: Visit, papers: Papers) -> None:
    manual = next(r for name, r in papers.records.items() if name.endswith(".docx"))
    page = visit("staff")
    page.goto(f"/records/{manual}")
    shown(page)
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-number]")).to_have_text("2")
    assert "page=2" in page.url
    page.reload()
    expect(page.locator("[data-number]")).to_have_text("2")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-number]")).to_have_text("1")


def test_revisions_show_their_control_pages(visit: Visit) -> None:
    page = visit("staff")
    page.goto("/documents")
    page.locator("tbody a").first.click()
    expect(page.locator("table.register")).to_be_visible()
    revisions = page.locator(".side a.line")
    assert revisions.count() >= 2
    revisions.last.click()
    expect(page.locator(".side a.line.on")).to_have_count(1)


def test_keys_are_explained(visit: Visit) -> None:
    page = visit("staff")
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#keys")).to_be_hidden()


def test_a_person_is_added_and_disabled(visit: Visit) -> None:
    page = visit("administrator")
    page.goto("/settings")
    page.locator("summary", has_text="添加人员").click()
    page.fill("#display_name", "例新来")
    page.fill("#people #name", "newcomer")
    page.fill("#people #password", "a-first-password")
    page.locator(".form-check", has_text="客服人员").locator("input").check()
    page.get_by_role("button", name="添加", exact=True).click()
    row = page.locator("#people tr", has_text="newcomer")
    expect(row).to_contain_text("在用")
    newcomer = visit(None)
    newcomer.goto("/sign-in")
    newcomer.fill("#name", "newcomer")
    newcomer.fill("#password", "a-first-password")
    newcomer.get_by_role("button", name="登录").click()
    newcomer.goto("/find")
    newcomer.wait_for_url("**/me")  # a password that somebody else chose opens nothing else
    newcomer.fill("#old", "a-first-password")
    newcomer.fill("#new", "a-word-of-my-own")
    newcomer.fill("#again", "a-word-of-my-own")
    newcomer.get_by_role("button", name="更换密码").click()
    newcomer.goto("/find")
    expect(newcomer.locator("h1")).to_contain_text("查找")
    row.get_by_role("link").click()
    page.on("dialog", lambda question: question.accept())
    page.get_by_role("button", name="停用").click()
    expect(page.locator("main")).to_contain_text("已停用")
    newcomer.goto("/find")
    newcomer.wait_for_url("**/sign-in*")


def test_a_form_is_chosen_looked_at_printed_and_voided(visit: Visit) -> None:
    page = visit("staff")
    page.goto("/houses")
    page.fill("#hq", "3-2-1203")
    page.keyboard.press("Enter")
    page.locator(".house-card").first.click()
    page.locator("#printed .btn").click()
    page.select_option("#form-type", "owner_card")
    page.get_by_role("button", name="预览").click()
    image = page.locator(".form-preview img")
    expect(image).to_be_visible()
    expect(image).not_to_have_js_property("naturalWidth", 0)
    page.get_by_role("button", name="打印", exact=True).click()
    page.wait_for_url(re.compile("/forms/[0-9A-Z]{8}$"))
    expect(page.locator("dl.facts")).to_contain_text("138****")
    answer = page.request.get(f"{page.url}/form.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")
    serial = page.url.rsplit("/", 1)[1]
    page.goto("/forms")
    line = page.locator("#out .line", has_text=serial)
    line.locator("summary").click()
    line.locator("input[name=reason]").fill("填错了")
    line.get_by_role("button", name="作废这份表单").click()
    expect(page.locator(".hit-meta")).to_contain_text("已作废")
    page.goto("/forms")
    expect(page.locator("#out")).not_to_contain_text(serial)


def test_the_four_properties_of_a_record_are_told_with_their_evidence(visit: Visit, papers: Papers) -> None:
    page = visit("archivist")
    manual = next(r for name, r in papers.records.items() if name.endswith(".docx"))
    page.goto(f"/records/{manual}")
    page.locator("#four-properties summary").click()
    expect(page.locator("#four-properties")).to_contain_text("保存的与收到的逐字节相同")
    expect(page.locator("#four-properties")).to_contain_text("SHA-256")
    page.get_by_role("link", name="打印页").click()
    expect(page.locator("h1")).to_have_text("四性检测")
