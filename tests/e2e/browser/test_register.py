"""The archivist takes a register over, looks at a building, and changes one household."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.test_pages import RULES, axe, judge, overflow

__all__ = ["axe"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROWS = """项目,楼栋,单元,室号,业主,产权起
晨光里,1栋,1单元,101,例一,2020-01-01
晨光里,1栋,1单元,102,例二,2020-01-01
晨光里,1栋,1单元,看不懂,例三,
晨光里,1栋,1单元,1201,,
"""


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "390"])
def test_a_register_is_tried_then_taken_over(visit: Visit, tmp_path: Path, axe: str, phone: bool) -> None:
    estate = "晨光里" if phone else "晓月里"
    register = tmp_path / "名册.csv"
    register.write_text(ROWS.replace("晨光里", estate), encoding="gb18030")
    page = visit("archivist", phone=phone)
    page.goto("/estate/imports")
    page.set_input_files("#register", register)
    page.get_by_role("button", name="试运行").click()
    confirm = page.get_by_role("button", name="确认导入")
    expect(confirm).to_be_visible(timeout=60_000)
    expect(page.locator("#import-state")).to_contain_text("房号读不懂")
    assert judge(page, axe, RULES) == []
    assert overflow(page) <= 0
    page.reload()
    confirm.click()
    seen = page.get_by_role("link", name="看房屋名册")
    expect(seen).to_be_visible(timeout=60_000)
    page.goto(f"/estate/building?estate={estate}&building=1")
    expect(page.locator(".home")).to_have_count(3)
    expect(page.locator(".home").first).to_contain_text("空置")


def test_a_household_changes_hands_and_back(visit: Visit, axe: str) -> None:
    page = visit("archivist")
    page.goto("/houses/星河花园/5-602")
    owner = page.locator("strong[aria-current]").inner_text()
    page.get_by_text("过户：登记新业主").click()
    page.fill("#new-owner", "样新主")
    page.fill("#new-phone", "13800000999")
    page.get_by_role("button", name="保存新业主").click()
    expect(page.locator("strong[aria-current]")).to_have_text("样新主")
    assert judge(page, axe, RULES) == []
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("strong[aria-current]")).to_have_text(owner)
