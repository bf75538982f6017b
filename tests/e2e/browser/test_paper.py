"""A paper original is put away, borrowed with an approval, handed out and taken back, and stands in the register."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import SECRET, Papers, Visit
from tests.e2e.browser.test_pages import RULES, axe, judge, overflow

__all__ = ["axe"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def fine(page: Page, axe: str) -> None:
    assert judge(page, axe, RULES) == []
    assert overflow(page) <= 0


def test_a_paper_is_borrowed_and_comes_back(visit: Visit, papers: Papers, axe: str) -> None:
    card = f"/records/{papers.records[SECRET]}"
    archivist = visit("archivist")
    archivist.goto("/places")
    fine(archivist, axe)
    archivist.fill("#name", "一号库房")
    archivist.get_by_role("button", name="新增位置").click()
    archivist.get_by_role("link", name="一号库房").click()
    archivist.select_option("#kind", "box")
    archivist.fill("#name", "3栋")
    archivist.get_by_role("button", name="新增位置").click()
    expect(archivist.get_by_text("B0001").first).to_be_visible()
    archivist.goto(card)
    archivist.locator("#paper summary", has_text="登记存放位置").click()
    archivist.fill("#paper-place", "B0001")
    archivist.get_by_role("button", name="保存位置").click()
    expect(archivist.get_by_role("heading", name="3栋")).to_be_visible()
    fine(archivist, axe)

    staff = visit("staff", phone=True)
    staff.goto(card)
    staff.locator("#paper summary", has_text="借阅纸质原件").click()
    staff.fill("#loan-purpose", "带原件去房管局核对")
    staff.get_by_role("button", name="申请借阅").click()
    expect(staff.get_by_text("待审批").first).to_be_visible()
    fine(staff, axe)

    manager = visit("manager", phone=True)
    manager.goto("/")
    manager.get_by_role("link", name="带原件去房管局核对").first.click()
    fine(manager, axe)
    manager.get_by_role("button", name="同意借阅", exact=True).click()
    expect(manager.get_by_text("待领取").first).to_be_visible()

    archivist.goto("/")
    archivist.get_by_role("link", name="带原件去房管局核对").first.click()
    archivist.get_by_role("button", name="现在借出").click()
    expect(archivist.get_by_role("button", name="已归还")).to_be_visible()
    fine(archivist, axe)
    archivist.goto("/loans")
    fine(archivist, axe)
    archivist.get_by_role("link", name="带原件去房管局核对").first.click()
    archivist.get_by_role("button", name="已归还").click()
    expect(archivist.get_by_text("一号库房 / 3栋").first).to_be_visible()
    archivist.goto(card)
    archivist.get_by_role("link", name="打印查阅登记表").click()
    expect(archivist.get_by_text("带原件去房管局核对")).to_be_visible()
    fine(archivist, axe)
