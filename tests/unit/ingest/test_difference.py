"""Two revisions compared: paragraphs, characters, moved parts, and the chapters that were claimed."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.documents.claims import disagreements, rows_for, rows_lost
from ingest.documents.difference import Difference, claims_of, compare
from ingest.facts import RevisionRow

OLD = """收发室管理作业规程
文件修改控制页
1.0 目的
规范收发室的工作，做到准确、及时、安全。
2.0 职责
2.1 主管负责检查收发员的登记工作。
2.2 收发员负责登记每天的邮件和报刊。
3.0 程序要点
3.1 邮件应在24小时内送达收件人手中。
3.2 挂号信须由收件人本人签收。
3.3 退件每月清理一次并登记。
"""


def kinds(difference: Difference) -> list[tuple[str, str]]:
    return [(line.kind, line.chapter) for line in difference.lines if line.kind != "same"]


def test_equal_texts_do_not_differ() -> None:
    assert compare(OLD, OLD).equal


def test_a_sentence_shows_its_characters() -> None:
    found = compare(OLD, OLD.replace("24小时", "12小时"))
    assert kinds(found) == [("changed", "3.1")]
    (line,) = [x for x in found.lines if x.kind == "changed"]
    assert [(p.kind, p.text) for p in line.pieces if p.kind != "same"] == [("gone", "24"), ("new", "12")]


def test_a_moved_paragraph_is_seen_as_moved() -> None:
    moved = OLD.replace("3.3 退件每月清理一次并登记。\n", "").replace(
        "3.0 程序要点\n", "2.3 退件每月清理一次并登记。\n3.0 程序要点\n"
    )
    found = compare(OLD, moved)
    assert kinds(found) == [("moved", "2.3")]
    assert next(x for x in found.lines if x.kind == "moved").before == "3.3"


def test_added_removed_and_renumbered() -> None:
    assert kinds(compare(OLD, OLD + "3.4 快递柜每天巡查两次。\n")) == [("added", "3.4")]
    assert kinds(compare(OLD, OLD.replace("3.2 挂号信须由收件人本人签收。\n", ""))) == [("removed", "3.2")]
    renumbered = OLD.replace("3.3 退件", "3.4 退件")
    assert kinds(compare(OLD, renumbered)) == [("renumbered", "3.4")]
    assert compare(OLD, renumbered).chapters == ()


def test_claims_beside_what_really_changed() -> None:
    found = compare(OLD, OLD.replace("24小时", "12小时"))
    claims, unnamed = claims_of(["3.2"], found)
    assert ([c.differs for c in claims], unnamed) == ([False], ("3.1",))
    claims, unnamed = claims_of(["第三章"], found)
    assert unnamed == ()
    claims, unnamed = claims_of(["3"], found)
    assert ([c.differs for c in claims], unnamed) == ([True], ())
    assert claims_of(["全文"], found) == ((claims_of(["全文"], found)[0][0],), ())


def test_rows_come_from_what_was_named_or_what_changed() -> None:
    given = {
        "revision": "A/1",
        "notice": "N-1",
        "changed": ("甲", "2026-03-01"),
        "approved": ("乙", "2026-03-02"),
    }
    new = OLD.replace("24小时", "12小时")
    assert [r.chapter for r in rows_for(chapters="", base=OLD, text=new, **given)] == ["3.1"]  # type: ignore[arg-type]
    assert [r.chapter for r in rows_for(chapters="3.1、3.2", base=OLD, text=new, **given)] == ["3.1", "3.2"]  # type: ignore[arg-type]
    assert rows_for(chapters="3.1", base=None, text=new, **given) == ()  # type: ignore[arg-type]


def test_disagreements_have_codes() -> None:
    row = RevisionRow("", "3.2", "N-1", "A/1", "甲", "2026-03-01", "乙", "2026-03-02")
    found = disagreements(OLD, OLD.replace("24小时", "12小时"), [row], "A/1")
    assert [f.code for f in found] == ["chapter_not_changed", "chapter_not_named"]
    assert [f.code for f in rows_lost([row], [], major=False)] == ["rows_lost"]
    assert rows_lost([row], [], major=True) == ()


def test_sixty_pages_take_less_than_a_second() -> None:
    lines = ["1.0 目的"] + [
        f"{1 + n // 40}.{1 + n % 40} 第{n}条：值班人员第{n * 7 % 91}次巡查后在登记表{n}上签名。"
        for n in range(1800)
    ]
    old = "\n".join(lines)
    new = "\n".join(line.replace("签名", "签字") if n % 9 == 0 else line for n, line in enumerate(lines))
    compare(OLD, OLD)  # what is loaded once does not count
    start = time.perf_counter()
    found = compare(old, new)
    assert time.perf_counter() - start < 1
    assert sum(line.kind == "changed" for line in found.lines) == 200


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("甲乙丙丁戊0123456789，。", max_size=12), max_size=12),
    st.lists(st.text("甲乙丙丁戊0123456789，。", max_size=12), max_size=12),
)
def test_both_texts_can_be_put_together_from_the_difference(old: list[str], new: list[str]) -> None:
    found = compare("\n".join(old), "\n".join(new))
    now = "".join(
        p.text for line in found.lines if line.kind != "removed" for p in line.pieces if p.kind != "gone"
    )
    again = compare("\n".join(new), "\n".join(new))
    assert now == "".join(p.text for line in again.lines for p in line.pieces)
