"""Both languages are whole: every message translated, every code with its words, in every place."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from archive.domain.audit_model import Event
from archive.domain.filing import _DOUBTS
from archive.services.common import REFUSALS
from archive.web import assets, words
from archive.web.errors_en import SENTENCES
from archive.web.i18n import LANGUAGES, catalogue_path, language
from schemas import load_pack
from schemas.model import ACTIONS
from tests.unit.archive.web.conftest import Browser, Site

ROOT = Path(assets.__file__).resolve().parents[2]
TEMPLATES = ROOT / "archive" / "web" / "templates"
KEYWORDS = {"_": None, "N_": None, "say": None, "gettext": None, "ngettext": (1, 2)}
HAN = re.compile(r"[\u4e00-\u9fff]")
PLACES = re.compile(r"%\(\w+\)s|{\w+}")


def messages() -> set[str]:
    """Every message that code and templates use."""
    with (ROOT / "babel.cfg").open() as config:
        methods, options = parse_mapping_cfg(config)
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS)
    return {m[2][0] if isinstance(m[2], tuple) else m[2] for m in found}


def catalogue(code: str) -> Catalog:
    with catalogue_path(code).open("rb") as source:
        return read_po(source, locale=code.replace("-", "_"))


def entries(code: str) -> Iterator[tuple[str, Message]]:
    for message in catalogue(code):
        if message.id:
            yield (message.id[0] if isinstance(message.id, tuple) else message.id), message


def test_every_message_is_translated_and_nothing_else_is() -> None:
    there = {key for key, _ in entries("zh-CN")}
    used = messages()
    assert used - there == set(), "not translated"
    assert there - used == set(), "no longer used"


def test_no_message_stands_twice() -> None:
    """The reader would take one of the two and say nothing."""
    text = catalogue_path("zh-CN").read_text(encoding="utf-8")
    written = re.findall(r'^msgid (".+")$', text, re.MULTILINE)
    assert sorted(written) == sorted(set(written))


def test_translations_are_finished_and_keep_their_places() -> None:
    for key, message in entries("zh-CN"):
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        for text in texts:
            assert text, key
            assert not message.fuzzy, key
            assert sorted(PLACES.findall(text)) == sorted(PLACES.findall(key)), key


def test_templates_say_nothing_past_the_catalogue() -> None:
    """Words for people stand in _() only; what is Chinese in a template is a name or an example inside a message."""
    for path in TEMPLATES.glob("*.html"):
        bare = re.sub(r'_\("[^"]*"[^)]*\)|ngettext\([^)]*\)|"、"', "", path.read_text())
        assert not HAN.search(bare), f"{path.name}: {HAN.search(bare)}"
        bare = re.sub(r"{% block body_class %}.*?{% endblock %}|class=\"[^\"]*{%.*?%}[^\"]*\"", "", bare)
        visible = re.sub(r"{[{%#].*?[}%#]}|<[^>]*>", " ", bare, flags=re.DOTALL)
        left = re.findall(r"[A-Za-z]{3,}", re.sub(r"&\w+;|SHA-256|\b(?:Ctrl|Tab|Esc)\b", "", visible))
        assert left == [], f"{path.name}: {left}"


def test_every_code_has_words() -> None:
    assert set(words.EVENTS) == {e.value for e in Event}
    assert set(words.ACTIONS) == set(ACTIONS)


def codes_raised() -> set[str]:
    """The `code=` of every failure that use cases raise."""
    found: set[str] = set()
    for path in [*(ROOT / "archive" / "services").rglob("*.py"), *(ROOT / "archive" / "web").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            named = getattr(getattr(node, "func", None), "id", "")
            if isinstance(node, ast.Call) and named in ("BadInput", "Refused", "Clash", "NotFound", "Away"):
                found |= {
                    k.value.value
                    for k in node.keywords
                    if k.arg == "code" and isinstance(k.value, ast.Constant)
                }
    return found


def test_every_failure_can_be_said_in_english() -> None:
    assert (codes_raised() | set(REFUSALS) | set(_DOUBTS)) - set(SENTENCES) == set()


@pytest.mark.parametrize("code", LANGUAGES)
def test_days_numbers_and_sizes_go_by_language(code: str) -> None:
    said = language(code, ZoneInfo("Asia/Shanghai"))
    assert said.day("2026-03-05") == {"zh-CN": "2026年3月5日", "en": "5 Mar 2026"}[code]
    assert said.number(12345) == "12,345"
    assert said.size(999) == "999 B"
    assert said.size(1_234_000) == "1.2 MB"


def test_the_language_is_chosen_once_and_kept(site: Site, browser: Callable[[str], Browser]) -> None:
    one = browser("staff")
    try:
        assert 'lang="en"' in one.get("/language/en?next=/access").text
        page = one.get(f"/records/{site.records['callback_record']}").text
        assert "Callback record" in page
        assert "Where it belongs" in page
        reason = re.search(r'class="reason">([^<]*)', page)
        assert reason
        assert reason[1].startswith("The rule")
        assert "Your role does not include this." in one.get("/audit").text
    finally:
        assert 'lang="zh-CN"' in one.get("/language/zh-CN").text


def test_type_titles_exist_in_both_languages() -> None:
    for kind in load_pack().record_types.values():
        assert kind.title_zh
        assert kind.title_en
        assert not HAN.search(kind.title_en), kind.code
