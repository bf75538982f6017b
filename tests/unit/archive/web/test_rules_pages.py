"""The house's rules on pages: found quickly, complete, in both languages, what the house decided told apart."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from archive.services.types import by_family
from retention.due_words import due_words, within_words
from retention.wording import rule_sentence
from schemas import load_pack
from schemas.obligation import Due, DueKind
from tests.unit.archive.web.conftest import Browser, Site

PACK = load_pack()
Person = Callable[[str], Browser]
OPEN = (
    "/settings/types",
    "/settings/schedule",
    "/settings/obligations",
    "/settings/roles",
    "/settings/classes",
)


@pytest.mark.parametrize("path", [*OPEN, "/settings/numbers", "/settings/types/callback_record"])
@pytest.mark.parametrize("role", ["staff", "auditor", "administrator"])
def test_the_rules_are_open_to_all(browser: Person, role: str, path: str) -> None:
    assert browser(role).get(path).status_code == 200


def test_every_type_stands_in_the_list_and_in_the_schedule(browser: Person) -> None:
    for path in ("/settings/types", "/settings/schedule"):
        listed = re.findall(r'href="/settings/types/(\w+)"', browser("staff").get(path).text)
        assert sorted(listed) == sorted(PACK.record_types)


def test_types_are_found_by_alias_script_clause_family_and_dossier(browser: Person) -> None:
    def found(**query: str) -> set[str]:
        page = browser("staff").get("/settings/types", **query).text
        return set(re.findall(r'href="/settings/types/(\w+)"', page))

    assert "callback_record" in found(q="回訪記錄")
    assert "callback_record" in found(q="004 回访 4.7")
    assert found(q="house_inspection") == {"house_inspection"}
    assert found(family="duty") == {c for c, t in PACK.record_types.items() if t.family == "duty"}
    assert found(dossier="staff_file") == {
        c for c, t in PACK.record_types.items() if t.dossier == "staff_file"
    }
    assert found(q='<script>alert("x")</script>') == set()


def test_a_part_of_the_page_answers_while_typing(browser: Person) -> None:
    part = (
        browser("staff")
        .client.get("/settings/types", params={"q": "回访"}, headers={"HX-Request": "true"})
        .text
    )
    assert "<html" not in part
    assert "callback_record" in part


def test_a_type_shows_its_rule_with_the_clause_and_the_house_apart(browser: Person) -> None:
    page = browser("staff").get("/settings/types/violation_record").text
    assert "自事项办结起保存5年" in page
    assert "004 住户违章 4.6" in page
    manual, house = page.split('class="card house-said"')
    assert "手册只写期限，没写起算日" in house
    assert "手册只写期限，没写起算日" not in manual
    assert browser("staff").get("/settings/types/no_such_type").status_code == 404


def test_only_who_sets_up_the_archive_sees_the_contradictions(browser: Person) -> None:
    page = browser("administrator").get("/settings").text
    high = [c for c in PACK.contradictions.values() if c.severity == "high"]
    assert len(high) == 10
    for item in high:
        assert item.decision_zh in page.replace("&#34;", '"')
        assert all(clause in page for clause in item.clauses)
    assert high[0].decision_zh not in browser("staff").get("/settings").text
    assert browser("staff").get("/settings/contradictions").status_code == 403
    everything = browser("administrator").get("/settings/contradictions").text
    assert all(f'id="{code}"' in everything for code in PACK.contradictions)


def test_every_obligation_stands_on_its_page(browser: Person) -> None:
    page = browser("staff").get("/settings/obligations").text
    assert all(f'id="{code}"' in page for code in PACK.obligations)
    assert "每季度，于下一季度首月10日前" in page


def test_the_page_of_changed_rules_says_that_none_waits(site: Site, browser: Person) -> None:
    assert "没有待决定的规则变更" in browser("manager").get("/retention/rules").text
    assert browser("staff").get("/retention/rules").status_code == 403
    assert browser("archivist").post("/retention/rules/accept", version="x", reason="x").status_code == 403
    assert browser("manager").post("/retention/rules/accept", version="x", reason="x").status_code == 404
    assert browser("manager").post("/retention/rules/count").status_code == 200


def test_families_hold_every_type_once() -> None:
    listed = [kind.code for group in by_family(PACK) for kind in group.types]
    assert sorted(listed) == sorted(PACK.record_types)
    assert {kind.family for kind in PACK.record_types.values()} == set(PACK.families)


@pytest.mark.parametrize(
    ("due", "zh", "en"),
    [
        (Due(DueKind.AFTER, "e", "PT20M"), "甲后20分钟内", "within 20 minutes of: a"),
        (Due(DueKind.AFTER, "e", "PT1H"), "甲后1小时内", "within 1 hour of: a"),
        (Due(DueKind.AFTER, "e", "WD3"), "甲后3个工作日内", "within 3 working days of: a"),
        (Due(DueKind.AFTER, "e", "day"), "甲当天内", "the same day as: a"),
        (
            Due(DueKind.AFTER, "e", "P37D", earliest="P30D"),
            "甲满30天后，37天内",
            "30 days to 37 days after: a",
        ),
        (Due(DueKind.BEFORE, "e", "P1M"), "甲前至少1个月", "at least 1 month before: a"),
        (Due(DueKind.BEFORE, "e", "", earliest="P7D"), "甲前7天内", "in the last 7 days before: a"),
        (Due(DueKind.EVERY, "e", "P15D"), "甲期间，至少每15天一次", "at least every 15 days while: a"),
        (
            Due(DueKind.EACH, span="quarter", month=1, day=10, next_span=True),
            "每季度，于下一季度首月10日前",
            "each quarter, by the 10th of month 1 of the next quarter",
        ),
        (
            Due(DueKind.EACH, span="year", month=12, day=15),
            "每年12月15日前",
            "each year, by the 15th of December",
        ),
        (Due(DueKind.EACH, span="week", month=0, day=5), "每周，周五前", "each week, by Friday"),
    ],
)
def test_due_times_in_words(due: Due, zh: str, en: str) -> None:
    assert due_words(due, "甲", "zh") == zh
    assert due_words(due, "a", "en") == en


def test_every_rule_and_obligation_has_words_in_both_languages() -> None:
    for locale in ("zh", "en"):
        for rule in PACK.retention_rules.values():
            assert rule_sentence(rule, 30, "event", locale)
            assert "{" not in rule_sentence(rule, 30, "next_year", locale)
        for obligation in PACK.obligations.values():
            assert due_words(obligation.due, "e", locale)
            assert within_words(obligation.due.within, locale) is not None
