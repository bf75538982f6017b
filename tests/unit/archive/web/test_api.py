"""The API: shapes, errors and documentation."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.unit.archive.web.conftest import PASSWORD, Site

Bearer = Callable[[str], httpx.Client]


def test_a_search_answers_in_the_fixed_shape(site: Site, bearer: Bearer) -> None:
    found = bearer("staff").get("/api/v1/search", params={"q": "電梯"}).json()
    assert found["total"] == 1
    (hit,) = found["hits"]
    assert hit["record"] == site.records["callback_record"]
    assert hit["type"] == "callback_record"
    assert hit["house"] == "3-2-1203"
    assert hit["date"] == "2024-05-08"
    assert hit["restricted"] is False
    assert "电梯" in hit["snippet"]
    assert found["complete"] is True
    assert found["current_to"] is None  # the pace of filing is told to those who see what comes in


def test_a_record_says_why_it_is_kept(site: Site, bearer: Bearer) -> None:
    answer = bearer("staff").get(f"/api/v1/records/{site.records['owner_card']}/retention").json()
    assert answer["permanent"] is True
    assert answer["reasons"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/records/none-such", 404, "not_found"),
        ("/api/v1/no-such-route", 404, "not_found"),
        ("/api/v1/search", 422, "empty_query"),
        ("/api/v1/search?q=x&from=yesterday", 422, "bad_input"),
        ("/api/v1/audit/verify", 403, "not_your_role"),
        ("/api/v1/health", 403, "not_your_role"),
    ],
)
def test_errors_have_one_shape(bearer: Bearer, path: str, status: int, code: str) -> None:
    answer = bearer("staff").get(path)
    assert answer.status_code == status
    assert answer.json()["error"].keys() == {"code", "message", "hint"}
    assert answer.json()["error"]["code"] == code


def test_without_a_token_it_says_so(stranger: httpx.Client) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic x"}):
        answer = stranger.get("/api/v1/session", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "sign_in_needed"


def test_signing_out_ends_the_token(site: Site, stranger: httpx.Client) -> None:
    token = stranger.post("/api/v1/session", json={"name": "staff", "password": PASSWORD}).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert stranger.get("/api/v1/session", headers=headers).json()["roles"] == ["staff"]
    assert stranger.delete("/api/v1/session", headers=headers).status_code == 204
    assert stranger.get("/api/v1/session", headers=headers).status_code == 401


def test_the_description_names_every_api_route(stranger: httpx.Client) -> None:
    paths = stranger.get("/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/intake", "/api/v1/search", "/api/v1/requests/{id}/approve"} <= paths.keys()


def test_types_and_health(bearer: Bearer) -> None:
    types = bearer("auditor").get("/api/v1/types").json()
    assert {"code", "title_zh", "title_en", "retention", "clauses"} <= types[0].keys()
    parts = bearer("administrator").get("/api/v1/health").json()["parts"]
    assert {p["name"] for p in parts} >= {"database", "store", "index"}
