"""The main job on each profile: start, ingest, know, keep, find, ask and read, retain."""

from __future__ import annotations

from datetime import date

import httpx
import pytest

from archive.services.demo import PASSWORD
from tests.e2e.running import Running, until

JPEG = b"\xff\xd8\xff"


@pytest.fixture(scope="module")
def archivist(served: Running) -> httpx.Client:
    return served.client("archivist", PASSWORD)


@pytest.fixture(scope="module")
def staff(served: Running) -> httpx.Client:
    return served.client("staff", PASSWORD)


@pytest.fixture(scope="module")
def manager(served: Running) -> httpx.Client:
    return served.client("manager", PASSWORD)


@pytest.fixture(scope="module")
def read(archivist: httpx.Client) -> dict[str, list[dict]]:
    """The demonstration's papers once workers have read them: what came of each file, by its name."""

    def done() -> dict | None:
        batch = archivist.get("/batches/demo").json()
        return batch if batch["done"] == batch["total"] else None

    batch = until(done, 600, "the sample papers to be read")
    return {item["name"]: item["records"] for item in batch["items"]}


def hits(client: httpx.Client, text: str, **filters: str) -> dict:
    answer = client.get("/search", params={"q": text, **filters})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_1_start_serves_pages_to_five_people(served: Running) -> None:
    people = served.answers("user", "list")
    assert {p["roles"][0] for p in people} == {"archivist", "manager", "staff", "auditor", "administrator"}
    assert httpx.get(f"{served.url}/", follow_redirects=True).status_code == 200
    refused = httpx.post(f"{served.url}/api/v1/session", json={"name": "staff", "password": "wrong"})
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "sign_in_failed"


def test_2_ingest_by_api_and_by_command(served: Running, archivist: httpx.Client, tmp_path) -> None:
    note = tmp_path / "通知.txt"
    note.write_text(
        "关于电梯检修的通知\n各位业主:本周六上午检修2号电梯,请走楼梯。\n星河花园管理处", encoding="utf-8"
    )
    sent = archivist.post(
        "/intake", params={"name": "../../通知 2.txt"}, content=note.read_bytes() + "\n二".encode()
    )
    assert sent.status_code == 202
    assert sent.json()["name"] == "通知 2.txt"
    told = until(lambda: _ended(archivist, sent.json()["id"]), 120, "the sent file")
    assert told["state"] == "done"
    first, second = (served.answers("ingest", str(note), "--wait")[0] for _ in range(2))
    assert first["state"] in ("filed", "to_verify")
    assert second["state"] == "duplicate"
    assert second["record"] == first["record"]
    bad = tmp_path / "空.pdf"
    bad.write_bytes(b"")
    answer = served.dangan("ingest", str(bad), "--wait", "--json", ok=False)
    assert answer.returncode == 1
    assert '"empty_file"' in answer.stdout


def _ended(client: httpx.Client, item: str) -> dict | None:
    told = client.get(f"/intake/{item}").json()
    return told if told["state"] not in ("waiting", "reading") else None


def test_3_know_types_and_houses(served: Running, read: dict) -> None:
    found = served.answers("search", "3栋2单元1203", "--as", "archivist")[0]["hits"]
    assert {h["type"] for h in found} >= {"owner_card"}
    assert {h["house"] for h in found} == {"3-2-1203"}
    everything = served.answers("search", "业主", "--as", "archivist", "--limit", "1000")[0]["hits"]
    assert {h["state"] for h in everything} == {"filed", "to_verify"}
    sure = [h for h in everything if h["state"] == "filed"]
    assert len({h["type"] for h in sure}) >= 8


def test_4_keep_versions_and_control_pages(served: Running, read: dict) -> None:
    shown = served.answers("docs", "show", "XH-KF-07")[0]
    assert shown["revision"] == "B/0"
    assert [r["revision"] for r in shown["revisions"]] == ["B/0", "A/1", "A/0"]
    assert [row["state"] for row in shown["control_page"]] == ["A/1", "B/0", "B/0"]
    checked = served.answers("check", "--deep")[0]
    assert checked["ok"], checked["findings"]
    assert checked["checked"]["verified_objects"] >= checked["checked"]["versions"]


def test_5_find_in_both_scripts_without_leaks(staff: httpx.Client, read: dict) -> None:
    simplified, traditional = hits(staff, "业主资料"), hits(staff, "業主資料")
    assert simplified["total"] == traditional["total"] > 0
    assert [h["record"] for h in simplified["hits"]] == [h["record"] for h in traditional["hits"]]
    secret = [h for h in simplified["hits"] if h["access_class"] == "secret"]
    assert secret
    assert all(h["restricted"] and h["snippet"] is None for h in secret)
    manuals = hits(staff, "钥匙借用管理规程")["hits"]
    assert any(h["snippet"] for h in manuals)
    only = hits(staff, "业主", type="callback_record")
    assert {h["type"] for h in only["hits"]} == {"callback_record"}


def test_6_ask_approve_read_and_prove(
    served: Running, staff: httpx.Client, manager: httpx.Client, read: dict
) -> None:
    record = next(h for h in hits(staff, "3栋2单元1203")["hits"] if h["restricted"])["record"]
    page = f"/records/{record}/pages/1.jpg"
    assert staff.get(page).status_code == 403
    wanted = {"target_kind": "record", "target": record, "purpose": "核对联系电话", "days": 2}
    asked = staff.post("/requests", json=wanted)
    assert asked.status_code == 201, asked.text
    request = asked.json()["id"]
    assert staff.post(f"/requests/{request}/approve", json={}).status_code == 403
    own = manager.post("/requests", json=wanted).json()["id"]
    assert manager.post(f"/requests/{own}/approve", json={}).status_code == 403
    approved = manager.post(f"/requests/{request}/approve", json={"days": 1})
    assert approved.status_code == 200, approved.text
    image = staff.get(page)
    assert image.status_code == 200
    assert image.content.startswith(JPEG)
    assert "no-store" in image.headers["cache-control"]
    assert manager.get(page).status_code == 403
    assert staff.get(f"/records/{record}/original").status_code == 403
    opened = manager.get(f"/requests/{request}").json()
    assert len(opened["opened"]) == 1
    grant = opened["grant"]["id"]
    assert manager.post(f"/grants/{grant}/revoke", json={"reason": "已核对"}).status_code == 200
    assert staff.get(page).status_code == 403
    _proved(served, record)


def _proved(served: Running, record: str) -> None:
    verified = served.answers("audit", "verify")[0]
    assert verified["ok"], verified
    events = {e["event"] for e in served.answers("audit", "list", "--limit", "500")}
    assert {
        "access:requested",
        "access:approved",
        "access:revoked",
        "access:refused",
        "page:viewed",
    } <= events
    served.dangan("audit", "checkpoint")
    proof = served.answers("audit", "prove", "0")[0]
    assert proof["size"] > verified["size"]
    assert served.answers("audit", "verify")[0]["ok"]


def test_7_retain_and_list_what_is_due(served: Running, read: dict) -> None:
    def swept() -> dict | None:
        report = served.answers("sweep", "--on", f"{date.today().year + 1}-01-01", "--dry-run")[0]
        return report if report["lines"] else None

    report = until(swept, 60, "the events of the sample papers")
    types = {line["type"] for line in report["lines"]}
    assert "violation_record" in types
    assert "owner_card" not in {line["type"] for line in report["lines"] if line["outcome"] == "due"}
    one = next(line for line in report["lines"] if line["type"] == "violation_record")
    told = served.answers("retention", "explain", one["record"])[0]
    assert told["until"] == one["until"]
    assert told["clauses"]
    card = next(h for h in served.answers("search", "业主资料卡")[0]["hits"] if h["type"] == "owner_card")
    kept = served.answers("retention", "explain", card["record"])[0]
    assert kept["decision"] == "keep"
    records = {h["record"] for h in served.answers("search", "业主", "--limit", "1000")[0]["hits"]}
    served.dangan("sweep", "--on", f"{date.today().year + 1}-01-01")
    assert {h["record"] for h in served.answers("search", "业主", "--limit", "1000")[0]["hits"]} == records
