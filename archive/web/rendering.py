"""Pages: the frame around each, the template environments, and the filters that put values into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from archive.domain.access import may
from archive.domain.masking import mask_field, mask_phone
from archive.domain.people import Actor, Person
from archive.domain.records import Record
from archive.services import people
from archive.web import assets
from archive.web.context import THEMES, language_of, theme_of, wants_part, web_of
from archive.web.desk_words import about
from archive.web.i18n import LANGUAGES, N_, Language, language
from archive.web.initials import initials
from archive.web.security import csrf_token, form_secret
from archive.web.words import Words
from schemas.model import Pack, RecordType

HERE = Path(__file__).parent
STATIC = HERE / "static"


@dataclass(frozen=True, slots=True)
class Room:
    """An entry of the navigation; shown to those who may do one of `actions`."""

    key: str
    title: str
    icon: str
    href: str
    actions: tuple[str, ...]


ROOMS = (
    Room("find", N_("Find"), "search", "/find", ("search",)),
    Room("intake", N_("Intake"), "inbox", "/intake", ("record.file", "intake.see")),
    Room("houses", N_("Owner files"), "building-community", "/houses", ("estate.see",)),
    Room("forms", N_("Forms"), "printer", "/forms", ("form.print",)),
    Room("documents", N_("Documents"), "file-certificate", "/documents", ("document.read",)),
    Room("access", N_("Access"), "key", "/access", ("access.request", "access.decide", "access.see_all")),
    Room("retention", N_("Retention"), "hourglass", "/retention", ("retention.see",)),
    Room("audit", N_("Audit"), "shield-check", "/audit", ("audit.read",)),
    Room(
        "settings",
        N_("Settings"),
        "settings",
        "/settings",
        ("people.manage", "settings.manage", "system.health", "search", "audit.read"),
    ),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page."""

    language: Language
    languages: dict[str, str]
    theme: str
    themes: tuple[str, ...]
    here: str
    """Path and query of this page, to come back to."""
    actor: Actor | None
    person: Person | None
    csrf: str
    rooms: tuple[Room, ...]
    assets: str
    pack: Pack

    def may(self, action: str) -> bool:
        return self.actor is not None and may(self.actor, action, self.pack)


def frame(request: Request) -> Frame:
    archive = web_of(request).archive
    actor: Actor | None = getattr(request.state, "actor", None)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    secret = form_secret(request) or getattr(request.state, "entry", "")
    return Frame(
        language=language_of(request),
        languages=LANGUAGES,
        theme=theme_of(request),
        themes=THEMES,
        here=here,
        actor=actor,
        person=people.person(archive, actor.id) if actor else None,
        csrf=csrf_token(secret) if secret else "",
        rooms=tuple(r for r in ROOMS if actor and any(may(actor, a, archive.pack) for a in r.actions)),
        assets=asset_version(),
        pack=archive.pack,
    )


@cache
def asset_version() -> str:
    """Changes whenever a served file does, so that browsers may keep each version for good."""
    digest = sha256(assets.fingerprint().encode())
    for path in sorted([*STATIC.glob("css/*"), *STATIC.glob("js/*")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def environment(code: str, zone: tzinfo, pack: Pack) -> Environment:
    """The templates in one language. Everything is escaped; an unknown name is an error, not an empty place."""
    said = language(code, zone)
    words = Words(said, pack)
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(said.catalogue, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(
        mask_field=mask_field,
        mask_phone=mask_phone,
        words=words,
        said=said,
        link=link,
        version=asset_version,
        box=box,
        about=about,
        initials=initials,
    )
    made.filters.update(
        day=said.day,
        moment=said.moment,
        number=said.number,
        size=said.size,
        span=said.span,
        segment=segment,
    )
    return made


def segment(value: str) -> str:
    """A value as one segment of a path."""
    return quote(value, safe="")


def link(path: str, **query: object) -> str:
    """A path with the query values that are set; lists repeat."""
    given = {k: v for k, v in query.items() if v not in (None, "", (), [])}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def box(code: str, kind: RecordType | None, record: Record) -> Markup:
    """Attributes that tell the desk's script where a field stands on the page; nothing when it is not known.

    `code` is a field's code, or the role of one. Boxes name pages of the received file; the record has some of them.
    """
    codes = {code} | {f.code for f in kind.fields if f.role == code} if kind else {code}
    for value in record.fields:
        place = value.get("box")
        if value["code"] in codes and place:
            page = record.source_pages.index(place["page"]) + 1 if place["page"] in record.source_pages else 1
            edges = ",".join(f"{place[edge]:.5f}" for edge in ("x0", "y0", "x1", "y1"))
            return Markup(' data-on-page="{}" data-edges="{}"').format(page, edges)
    return Markup("")


def answer(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Render a template in the person's language."""
    page = web_of(request).environments[language_of(request).code].get_template(template)
    return HTMLResponse(
        page.render(frame=frame(request), part=wants_part(request), **values), status_code=status
    )


def came_from(target: str, otherwise: str = "/") -> str:
    """A place on this site to go back to; anything that could lead elsewhere becomes `otherwise`."""
    plain = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if plain and target.isprintable() and "\\" not in target else otherwise
