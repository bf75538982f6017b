"""A search index alone: building, searching, small writes, and every total against a scan.

    python -m bench.search_index [--records N] [--queries N] [--url SEARCH_URL] [--check N]

Made-up records of property-management language, 634 characters each, half of them in traditional characters. A
query is a phrase of 2 to 8 characters that occurs, in either script, or a number; by turns with a filter by type
and class, and always newest first, 20 ids, exact total and counts by type. Prints one JSON object; times are
milliseconds. `--url` defaults to a tantivy index in a temporary folder. An index at the URL is overwritten.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from archive.adapters.search import from_url
from archive.domain.query import matches
from archive.ports.search import IndexEntry, Phrase, Query, SearchIndex, Word

LENGTH = 634
TYPES = ("callback_form", "violation_register", "renovation_application", "handover_form", "duty_log")
CLASSES = ("internal", "confidential", "secret")
_WORDS = (
    "业主 住户 客服中心 工程部 保安部 物业管理处 前台 主管 经理 维修工 装修公司 施工队 房屋 单元 楼道 电梯 大堂 车位 "
    "停车场 绿化带 围墙 消防栓 水表 电表 燃气 管道 阳台 外墙 门禁 钥匙 对讲 监控 资料卡 验房单 申请表 通知单 协议 公约 "
    "档案 登记表 记录 回访 投诉 报修 装修 验收 整改 违章 动火 借用 归还 值班 交接 巡查 缴费 欠费 催缴 过户 入住 迁出 "
    "满意 不满意 已处理 未处理 待跟进 按时 逾期 负责 签字 盖章 确认 审批 通过 退回 说明 原因 结果 日期 时间 电话 地址 "
    "及时 认真 现场 检查 发现 漏水 渗水 噪音 堵塞 损坏 更换 清理 安排 联系 告知 解释 同意 拒绝 建议 意见 情况 的 了 在 "
    "与 并 对 由 为 按 应 须 不得 可以 已经 正在 再次 本次 上次 有关 规定 要求 标准 程序 作业 规程 服务 质量 安全 责任"
)
WORDS = tuple(_WORDS.split())
TO_TRADITIONAL = str.maketrans(
    "业户务车库装电楼门对讲监档记录访诉报验违动还值检费过迁满时责签确审说实结话现场发噪换联系释绝议规标质责认证单栓",
    "業戶務車庫裝電樓門對講監檔記錄訪訴報驗違動還值檢費過遷滿時責簽確審說實結話現場發噪換聯繫釋絕議規標質責認證單栓",
)
SIGNS = "，，，。；、："


def made_text(rng: random.Random) -> str:
    parts: list[str] = []
    length = 0
    while length < LENGTH:
        roll = rng.random()
        part = rng.choice(SIGNS) if roll < 0.16 else rng.choice(WORDS)
        if roll > 0.97:
            part = rng.choice(
                (f"{rng.randint(1, 31)}日", f"138000{rng.randint(0, 99999):05}", "DG-KF-12", "\n")
            )
        parts.append(part)
        length += len(part)
    return "".join(parts)[:LENGTH]


def made_entries(count: int, seed: int) -> Iterator[IndexEntry]:
    rng = random.Random(seed)
    for number in range(count):
        text = made_text(rng)
        yield IndexEntry(
            record=f"R{number:025}",
            change=number + 1,
            type=rng.choice(TYPES),
            title="".join(rng.sample(WORDS, 3)),
            text=text.translate(TO_TRADITIONAL) if number % 2 else text,
            access_class=rng.choice(CLASSES),
            house=f"{rng.randint(1, 40)}-{rng.randint(1, 4)}-{rng.randint(101, 3304)}",
            dossier=f"D{rng.randrange(2000)}",
            date=date(2015, 1, 1) + timedelta(days=rng.randrange(4000)) if rng.random() < 0.95 else None,
            numbers=(f"DG-YZ·2026-{number:06}", f"139000{rng.randint(0, 99999):05}"),
        )


def made_query(rng: random.Random, texts: Sequence[str], length: int) -> Query:
    """A phrase of `length` characters that occurs; length 0 is a number."""
    if length == 0:
        digits = f"{rng.randint(0, 99999):05}"
        return Query(terms=(Word(rng.choice((f"138000{digits}", f"139000{digits}", f"1380{digits[0]}"))),))
    while True:
        text = rng.choice(texts)
        start = rng.randrange(len(text) - length)
        piece = text[start : start + length]
        if all("一" <= character <= "鿿" for character in piece):
            break
    phrase = Phrase(piece.translate(TO_TRADITIONAL) if rng.random() < 0.5 else piece)
    if rng.random() < 0.5:
        return Query(terms=(phrase,))
    return Query(terms=(phrase,), types=(rng.choice(TYPES),), classes=CLASSES[: rng.randint(1, 3)])


def milliseconds(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    at = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return {
        "p50": round(statistics.median(ordered) * 1000, 2),
        "p95": round(at * 1000, 2),
        "max": round(ordered[-1] * 1000, 2),
    }


def timed(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def searching(index: SearchIndex, rng: random.Random, texts: Sequence[str], queries: int) -> dict[str, Any]:
    """Times by length of phrase ("0" is a number), and for all phrases of 2 to 8 characters together."""
    by_length: dict[int, list[float]] = {}
    for length in (1, 2, 3, 4, 5, 6, 7, 8, 0):
        asked = [made_query(rng, texts, length) for _ in range(queries)]
        by_length[length] = [timed(lambda q=query: index.search(q)) for query in asked]  # type: ignore[misc]
    phrases = [t for length, times in by_length.items() if length >= 2 for t in times]
    return {
        "phrases_2_to_8": milliseconds(phrases),
        "by_length": {str(length): milliseconds(times) for length, times in by_length.items()},
    }


def writing(index: SearchIndex, records: int, seed: int) -> dict[str, Any]:
    """Small writes into the full index: one record at a time, and 500 at once."""
    fresh = list(made_entries(520, seed))
    ones = [timed(lambda e=entry: index.write([e])) for entry in fresh[:20]]  # type: ignore[misc]
    return {"one": milliseconds(ones), "batch_500": milliseconds([timed(lambda: index.write(fresh[20:]))])}


def wrong_totals(index: SearchIndex, rng: random.Random, entries: Sequence[IndexEntry], count: int) -> int:
    """How many of `count` totals differ from a scan over `entries`, which are all that is in the index."""
    wrong = 0
    texts = [entry.text for entry in entries]
    for _ in range(count):
        query = made_query(rng, texts, rng.choice((0, 1, 2, 2, 3, 4, 6, 8)))
        wrong += index.search(query).total != sum(
            matches(query.terms, entry)
            and (not query.types or entry.type in query.types)
            and (query.classes is None or entry.access_class in query.classes)
            for entry in entries
        )
    return wrong


def measure(url: str, records: int, queries: int, check: int, seed: int) -> dict[str, Any]:
    rng = random.Random(seed)
    index = from_url(url)
    entries = list(made_entries(records, seed))
    sample = entries[:5000]
    figures: dict[str, Any] = {"engine": url.partition(":")[0], "records": records, "characters": LENGTH}
    if check:
        index.rebuild(iter(sample))
        figures["checked"] = check
        figures["wrong_totals"] = wrong_totals(index, rng, sample, check)
    seconds = timed(lambda: index.rebuild(entries))
    figures["build_per_second"] = round(records / seconds)
    texts = [entry.text for entry in sample]
    index.search(Query())
    figures["search_ms"] = searching(index, rng, texts, queries)
    figures["write_ms"] = writing(index, records, seed)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200, help="of each length")
    parser.add_argument("--check", type=int, default=100, help="totals compared with a scan of 5,000 records")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="dangan-bench-"))
    try:
        url = given.url or f"tantivy://{folder}/index"
        figures = measure(url, given.records, given.queries, given.check, given.seed)
        size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
        print(json.dumps(figures | ({"megabytes": round(size / 1e6)} if not given.url else {})))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
