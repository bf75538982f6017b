"""Every door has its lock: each route names the action it requires, or stands on the short list of open ones."""

from __future__ import annotations

import httpx

from archive.web import api, pages
from archive.web.security import SIGNED_IN, required_actions
from schemas.model import ACTIONS

OPEN = {
    ("GET", "/live"),
    ("GET", "/c/{token}"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/sign-in/code"),
    ("POST", "/sign-in/code"),
    ("POST", "/sign-out"),
    ("GET", "/language/{code}"),
    ("GET", "/theme/{mode}"),
    ("POST", "/api/v1/session"),
}
ROUTES = [
    (method, prefix + route.path, route)
    for prefix, routers in (
        ("", (*pages.ROUTERS, *pages.UPLOADS)),
        (api.PREFIX, (*api.ROUTERS, *api.UPLOADS)),
    )
    for router in routers
    for route in router.routes
    for method in sorted(route.methods)
]


def test_each_route_requires_exactly_one_known_action() -> None:
    for method, path, route in ROUTES:
        if (method, path) in OPEN:
            continue
        actions = required_actions(route)
        assert len(actions) == 1, f"{method} {path} requires {actions}"
        assert actions[0] in {*ACTIONS, SIGNED_IN}, f"{method} {path}: {actions[0]}"


def test_open_routes_are_the_listed_ones_and_require_nothing() -> None:
    there = {(method, path): route for method, path, route in ROUTES}
    assert there.keys() >= OPEN
    for door in OPEN:
        assert required_actions(there[door]) == []


def test_nothing_is_served_beside_the_listed_routers(stranger: httpx.Client) -> None:
    for path in ("/docs", "/redoc", "/openapi.json", "/static/", "/static/../app.py", "/static/css/"):
        assert stranger.get(path).status_code == 404, path


def test_who_is_not_signed_in_gets_nowhere(stranger: httpx.Client) -> None:
    for method, path, _ in ROUTES:
        if (method, path) in OPEN:
            continue
        address = path.replace("{", "").replace("}", "").replace(":path", "").replace("/page.jpg", "/1.jpg")
        answer = stranger.request(method, address, params={"version": "1"})
        if path.startswith(api.PREFIX):
            assert answer.status_code in (401, 422), (method, path, answer.status_code)
        elif method == "GET":
            assert answer.status_code in (303, 422), (method, path, answer.status_code)
            assert answer.headers.get("location", "/sign-in").startswith("/sign-in")
        else:
            assert answer.status_code in (303, 403, 422), (method, path, answer.status_code)
        assert "翡翠鸟" not in answer.text
