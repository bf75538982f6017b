"""Every page, in both themes, both languages and on a phone: accessible, whole, within its frame."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from archive.web.assets import ROOT
from tests.e2e.browser.conftest import SECRET, UNGRADED, Papers, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = {
    "sign-in": (None, "/sign-in"),
    "home-archivist": ("archivist", "/"),
    "home-manager": ("manager", "/"),
    "home-staff": ("staff", "/"),
    "home-auditor": ("auditor", "/"),
    "home-administrator": ("administrator", "/"),
    "find-empty": ("staff", "/find"),
    "find": ("staff", "/find?q=规程"),
    "find-nothing": ("staff", "/find?q=不存在的几个字"),
    "find-house": ("staff", "/find?q=3-2-1203"),
    "record": ("archivist", "/records/{manual}"),
    "record-closed": ("staff", "/records/{secret}"),
    "intake": ("archivist", "/intake"),
    "desk": ("archivist", "/verify/{waiting}"),
    "houses": ("archivist", "/houses"),
    "owner-file": ("archivist", "/houses/星河花园/3-2-1203"),
    "owner-file-staff": ("staff", "/houses/星河花园/3-2-1203"),
    "register": ("archivist", "/estate"),
    "building": ("archivist", "/estate/building?estate=星河花园&building=3"),
    "missing": ("archivist", "/estate/missing"),
    "missing-nothing": ("staff", "/estate/missing?line=hot_work_permit"),
    "register-imports": ("archivist", "/estate/imports"),
    "forms": ("archivist", "/forms"),
    "forms-preview": ("staff", "/forms?type=owner_card&house=3-2-1203"),
    "check": ("archivist", "/records/{manual}/check"),
    "documents": ("staff", "/documents"),
    "document": ("staff", "/documents/{document}"),
    "access": ("manager", "/access"),
    "retention": ("manager", "/retention"),
    "audit": ("auditor", "/audit"),
    "settings": ("administrator", "/settings"),
    "types": ("staff", "/settings/types"),
    "types-nothing": ("staff", "/settings/types?q=不存在的几个字"),
    "type": ("staff", "/settings/types/violation_record"),
    "schedule": ("staff", "/settings/schedule"),
    "obligations": ("staff", "/settings/obligations"),
    "roles": ("administrator", "/settings/roles"),
    "classes": ("staff", "/settings/classes"),
    "numbers": ("staff", "/settings/numbers"),
    "contradictions": ("administrator", "/settings/contradictions"),
    "rule-changes": ("manager", "/retention/rules"),
    "rule-records": ("manager", "/retention/rules/callback_record"),
    "rights": ("auditor", "/audit/rights"),
    "me": ("staff", "/me"),
    "person": ("administrator", "/people/staff"),
    "not-found": ("staff", "/no-such-page"),
    "refused": ("staff", "/audit"),
}
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""In the dark only colours differ."""


@pytest.fixture(scope="session")
def axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()


@pytest.fixture(scope="session")
def places(papers: Papers) -> dict[str, str]:
    manual = next(r for name, r in papers.records.items() if name.endswith(".docx"))
    number = papers.running.answers("docs", "list")[0]["number"]
    return {
        "manual": manual,
        "secret": papers.records[SECRET],
        "waiting": papers.records[UNGRADED],
        "document": number,
    }


def judge(page: Page, axe: str, rules: dict[str, Any]) -> list[str]:
    """What axe finds wrong, in a line each."""
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", rules)
    return [f"{v['id']}: {v['help']}: {n['html'][:140]}" for v in found["violations"] for n in v["nodes"]]


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the screen."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "390"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pages_are_accessible_and_fit(
    visit: Visit, places: dict[str, str], axe: str, dark: bool, phone: bool
) -> None:
    wrong: list[str] = []
    people: dict[str | None, Page] = {}
    for name, (role, path) in PAGES.items():
        if role not in people:
            people[role] = visit(role, phone=phone, dark=dark)
        page = people[role]
        page.goto(path.format(**places))
        wrong += [f"{name}: {line}" for line in judge(page, axe, CONTRAST if dark else RULES)]
        if overflow(page) > 0:
            wrong.append(f"{name}: {overflow(page)} pixels wider than the screen")
    assert wrong == []


def test_pages_are_whole_in_english(visit: Visit, places: dict[str, str]) -> None:
    """What is Chinese on an English screen comes from the records themselves, the languages' names or the people."""
    people: dict[str | None, Page] = {}
    left: list[str] = []
    for name, (role, path) in PAGES.items():
        if role not in people:
            people[role] = visit(role, language="en")
        page = people[role]
        page.goto(path.format(**places))
        frame = page.locator(
            "h1, h2, th, dt, label, button, summary, .rooms a, .sub, .nothing p"
        ).all_inner_texts()
        data = {
            "documents",
            "document",
            "record",
            "houses",
            "owner-file",
            "owner-file-staff",
            "register",
            "building",
            "missing",
            "missing-nothing",
            "register-imports",
            "find-house",
            "desk",
            "settings",
            "home-staff",
            "me",
            "person",
        }
        chinese = [t for t in frame if any("\u4e00" <= c <= "\u9fff" for c in t)]
        if name not in data and not name.startswith("home"):
            left += [f"{name}: {t}" for t in chinese if "规程" not in t and "中文" not in t]
    assert left == []


def test_the_menu_folds_on_a_phone(visit: Visit) -> None:
    page = visit("archivist", phone=True)
    assert not page.locator(".rooms").is_visible()
    button = page.locator("[data-menu]")
    button.tap()
    assert page.locator(".rooms").is_visible()
    assert button.get_attribute("aria-expanded") == "true"


def test_the_theme_is_chosen_and_kept(visit: Visit) -> None:
    page = visit("staff")
    page.get_by_role("link", name="深色").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.goto("/find")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
