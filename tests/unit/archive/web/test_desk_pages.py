"""The desk's pages beside the desk itself: each answers, in both languages, for whom it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.archive.web.conftest import Browser

PAGES = (
    ("archivist", "/verify/queue", 200),
    ("archivist", "/verify/queue?order=oldest&type=-&reason=type_unsure&batch=none", 200),
    ("archivist", "/verify/queue?returned=true", 200),
    ("archivist", "/verify/learned", 200),
    ("archivist", "/settings/filing", 200),
    ("archivist", "/settings/filing/expected?at=950", 200),
    ("administrator", "/settings/filing", 200),
    ("staff", "/settings/filing", 403),
    ("staff", "/verify/queue", 403),
    ("archivist", "/verify/files/none", 404),
)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_desks_pages_answer(browser: Callable[[str], Browser], language: str) -> None:
    wrong = []
    for role, path, status in PAGES:
        one = browser(role)
        try:
            one.get(f"/language/{language}?next=/")
            answer = one.get(path)
        finally:
            one.get("/language/zh-CN?next=/")
        if answer.status_code != status:
            wrong.append(f"{role} {path}: {answer.status_code}")
    assert wrong == []


def test_the_threshold_is_set_by_its_keepers_alone(browser: Callable[[str], Browser]) -> None:
    chief = browser("administrator")
    assert chief.post("/settings/filing", at="930").status_code == 200
    assert 'value="930"' in chief.get("/settings/filing").text
    assert browser("archivist").post("/settings/filing", at="900").status_code == 403
    assert chief.post("/settings/filing", at="100").status_code == 422
    assert chief.post("/settings/filing", at="900").status_code == 200
