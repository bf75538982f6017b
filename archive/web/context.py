"""What every page and API route shares: the archive, the templates by language, what the person chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from fastapi import Request
from jinja2 import Environment

from archive.services.archive import Archive
from archive.web.i18n import DEFAULT, LANGUAGES, Language, language

LANGUAGE_COOKIE = "dangan_language"
THEME_COOKIE = "dangan_theme"
THEMES = ("auto", "light", "dark")


@dataclass
class Web:
    """One per application."""

    archive: Archive
    zone: tzinfo
    """The house's time zone, in which moments are shown."""
    environments: dict[str, Environment]
    """Language code → its templates."""


def web_of(request: Request) -> Web:
    web: Web = request.app.state.web
    return web


def language_of(request: Request) -> Language:
    """The language the person chose; Chinese until then."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, DEFAULT)
    return language(chosen if chosen in LANGUAGES else DEFAULT, web_of(request).zone)


def theme_of(request: Request) -> str:
    chosen = request.cookies.get(THEME_COOKIE, THEMES[0])
    return chosen if chosen in THEMES else THEMES[0]


def wants_part(request: Request) -> bool:
    """Whether htmx asks for a part of the page that is open."""
    return request.headers.get("hx-request") == "true"
