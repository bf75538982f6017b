"""Search through HTTP over an archive of many records. Prints JSON.

python -m bench.search [--records 100000] [--queries 200]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import time
from pathlib import Path

from bench.papers import WORDS
from bench.running import dangan, part, scratch_home, tree_rss, until

PORT = 8391
PASSWORD = "bench-password"


def catalogue(path: Path, count: int, rng: random.Random) -> list[str]:
    """A catalogue of made-up callbacks, and texts to take queries from."""
    samples = []
    with path.open("w", encoding="utf-8") as out:
        for n in range(count):
            text = "".join(rng.choices(WORDS, k=300)) + f"第{n}号"
            if n % 97 == 0:
                samples.append(text)
            row = {
                "type": "回访记录表",
                "house": f"{n % 30 + 1}栋{n % 3 + 1}单元{n % 20 + 1}0{n % 4 + 1}",
                "date": f"20{n % 20 + 5:02d}-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
                "title": f"回访 {n}",
                "text": text,
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return samples


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure(count: int, queries: int) -> dict[str, object]:
    import httpx

    rng = random.Random(11)
    with scratch_home() as home:
        dangan("init", home=home)
        add = ("user", "add", "bench", "--roles", "manager", "--password-stdin")
        dangan(*add, home=home, input=PASSWORD + "\n")
        samples = catalogue(home / "rows.jsonl", count, rng)
        start = time.perf_counter()
        dangan("import", str(home / "rows.jsonl"), "--json", home=home)
        imported = time.perf_counter() - start
        with part("web", "--port", str(PORT), home=home) as process:
            client = httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=30)
            until(lambda: _answers(client), 60)
            idle = tree_rss(process.pid)
            token = client.post("/api/v1/session", json={"name": "bench", "password": PASSWORD}).json()[
                "token"
            ]
            client.headers["authorization"] = f"Bearer {token}"
            took = [_ask(client, rng, samples) for _ in range(queries + 20)][20:]
            after = tree_rss(process.pid)
    return {
        "records": count,
        "import_records_per_second": round(count / imported),
        "queries": queries,
        "p50_ms": round(statistics.median(took) * 1000, 1),
        "p95_ms": round(percentile(took, 0.95) * 1000, 1),
        "max_ms": round(max(took) * 1000, 1),
        "web_idle_mib": idle >> 20,
        "web_after_mib": after >> 20,
    }


def _answers(client: object) -> bool:
    import httpx

    try:
        client.get("/")  # type: ignore[attr-defined]
    except httpx.HTTPError:
        return False
    return True


def _ask(client: object, rng: random.Random, samples: list[str]) -> float:
    text = rng.choice(samples)
    length = rng.randint(2, 8)
    at = rng.randrange(len(text) - length)
    start = time.perf_counter()
    answer = client.get("/api/v1/search", params={"q": text[at : at + length]})  # type: ignore[attr-defined]
    answer.raise_for_status()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    wanted = parser.parse_args()
    os.environ.pop("DANGAN_PACK", None)
    print(json.dumps(measure(wanted.records, wanted.queries), indent=1))


if __name__ == "__main__":
    main()
