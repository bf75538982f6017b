"""The JSON Schemas of pack files, made from the same vocabularies that loading checks by."""

from __future__ import annotations

from typing import Any

from schemas.dossier import WHEN
from schemas.model import ACTIONS, DOSSIER_KINDS, EVENT_TYPES, FIELD_ROLES, RECORD_KINDS, FieldType
from schemas.obligation import SPANS

Schema = dict[str, Any]

_TEXT: Schema = {"type": ["string", "integer"]}
_WORDS: Schema = {"type": "string", "minLength": 1}
_CODE: Schema = {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9_-]*$"}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_PERIOD = r"^(permanent|long_term|unscheduled|P(?=\d)(\d{1,3}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,5}D)?)$"


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _words(*values: str) -> Schema:
    return {"enum": [*values]}


def _entry(needed: tuple[str, ...], /, **keys: Schema) -> Schema:
    return {"type": "object", "properties": keys, "required": [*needed], "additionalProperties": False}


def _source() -> dict[str, Schema]:
    return {"decided_by": _words("manual", "house"), "reason": _WORDS}


def _field() -> dict[str, Schema]:
    return {
        "code": _CODE,
        "zh": _WORDS,
        "en": _WORDS,
        "type": _words(*FieldType),
        "aliases": _list(_TEXT),
        "choices": _list(_TEXT),
        "required": _FLAG,
        "role": _words(*FIELD_ROLES),
    }


def _place() -> dict[str, Schema]:
    return {
        "code": _CODE,
        "zh": _WORDS,
        "en": _WORDS,
        "who": _WORDS,
        "aliases": _list(_TEXT),
        "required": _FLAG,
        "clause": _WORDS,
    }


def _named(what: dict[str, Schema]) -> Schema:
    named: Schema = {"type": "string", "pattern": "^[a-z0-9_]+( required| optional)?$"}
    return _list({"oneOf": [named, _entry(("code",), **what)]})


def _record_type() -> dict[str, Schema]:
    return {
        "code": _CODE,
        "zh": _WORDS,
        "en": _WORDS,
        "family": _WORDS,
        "kind": _words(*RECORD_KINDS),
        "dossier": _words(*DOSSIER_KINDS),
        "access_class": _CODE,
        "access_reason": _WORDS,
        "retention": _list(_CODE),
        "aliases": _list(_TEXT),
        "marks": _list(_TEXT),
        "procedure": _WORDS,
        "filled_by": _WORDS,
        "approved_by": _WORDS,
        "fields": _named(_field()),
        "signatures": _named(_place()),
        "seals": _named(_place()),
        "copies": _list(_TEXT),
        "paging": _list(_TEXT),
        "filing_deadline": _WORDS,
        "clauses": _list(_TEXT),
        "retired": _FLAG,
        **_source(),
    }


def _rule() -> Schema:
    return _entry(
        ("id",),
        id=_CODE,
        zh=_WORDS,
        en=_WORDS,
        period={"type": "string", "pattern": _PERIOD},
        trigger=_words(*EVENT_TYPES),
        when={"type": "object", "additionalProperties": _TEXT},
        while_not=_words("", *EVENT_TYPES),
        outcome=_words("destroy", "review"),
        clause=_WORDS,
        trigger_decided_by=_words("manual", "house"),
        reason_zh=_WORDS,
        **_source(),
    )


def _due() -> Schema:
    within: Schema = {"type": "string"}
    event: Schema = {"type": "string", "pattern": "^[a-z0-9_]+$"}
    each = {"each": _words(*SPANS), "month": _COUNT, "day": _COUNT, "next": _FLAG}
    return {
        "oneOf": [
            _entry(("after", "within"), after=event, within=within, earliest=within),
            _entry(("before",), before=event, within=within, earliest=within),
            _entry(("each",), **each),
            _entry(("every",), every=within, **{"while": event}),
        ]
    }


def _sections() -> dict[str, Schema]:
    known = _list(_words("type", "house", "date", "number", "dossier"))
    access_class = _entry(
        ("code",),
        code=_CODE,
        zh=_WORDS,
        en=_WORDS,
        rank=_COUNT,
        viewing=_words("role", "grant"),
        found_by=_words("text", "metadata", "nothing"),
        known=known,
        reader_roles=_list(_CODE),
        download=_words("role", "grant", "never"),
        approver_roles=_list(_CODE),
        printing=_words("role", "grant", "never"),
        export=_words("role", "grant", "never"),
        export_roles=_list(_CODE),
        grant_days=_COUNT,
        clause=_WORDS,
        **_source(),
    )
    role = _entry(
        ("code",), code=_CODE, zh=_WORDS, en=_WORDS, actions=_list(_words(*ACTIONS)), excludes=_list(_CODE)
    )
    post = _entry(
        ("code",), code=_CODE, zh=_WORDS, en=_WORDS, role=_CODE, aliases=_list(_TEXT), clauses=_list(_TEXT)
    )
    step = {"action": _CODE, "from": _CODE, "to": _CODE, "roles": _list(_CODE)}
    step |= {"not_same_as": _list(_CODE), "needs_reason": _FLAG}
    workflow = _entry(
        ("code",),
        code=_CODE,
        zh=_WORDS,
        en=_WORDS,
        initial=_CODE,
        states=_list(_CODE),
        transitions=_list(_entry(("action", "from", "to"), **step)),
    )
    obligation = {"code": _CODE, "zh": _WORDS, "en": _WORDS, "due": _due(), "who": _CODE, "evidence": _WORDS}
    obligation |= {"clause": _WORDS, "record_type": _CODE, "escalate_to": _CODE, **_source()}
    contradiction = {"code": _CODE, "zh": _WORDS, "en": _WORDS, "severity": _words("high", "medium", "low")}
    contradiction |= {"clauses": _list(_TEXT), "decision": _WORDS, "decision_zh": _WORDS, "change": _WORDS}
    line = _entry(("zh", "en", "types"), zh=_WORDS, en=_WORDS, types=_list(_CODE), when=_words(*WHEN))
    dossier = {"code": _words(*DOSSIER_KINDS), "zh": _WORDS, "en": _WORDS, "category": _CODE}
    dossier |= {"clause": _WORDS, "contents": _list(line)}
    return {
        "families": _list(_entry(("code",), code=_CODE, zh=_WORDS, en=_WORDS)),
        "dossiers": _list(_entry(("code",), **dossier)),
        "record_types": _list(_entry(("code",), **_record_type())),
        "rules": _list(_rule()),
        "fields": _list(_entry(("code",), **_field())),
        "places": _list(_entry(("code",), **_place())),
        "access_classes": _list(access_class),
        "roles": _list(role),
        "posts": _list(post),
        "workflows": _list(workflow),
        "obligations": _list(_entry(("code",), **obligation)),
        "contradictions": _list(_entry(("code",), **contradiction)),
    }


def pack_schema() -> Schema:
    """The JSON Schema of every pack file except settings.yaml, so that editors complete and check the YAML."""
    defaults = {k: v for k, v in _record_type().items() if k not in ("code", "zh", "en")}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A file of a Dangan pack: record types, retention rules, access classes, roles, obligations",
        **_entry(
            (),
            family=_WORDS,
            defaults=_entry((), **defaults),
            words={"type": "object", "additionalProperties": _WORDS},
            **_sections(),
        ),
    }


def settings_schema() -> Schema:
    """The JSON Schema of settings.yaml."""
    day: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
    clock: Schema = {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "settings.yaml of a Dangan pack",
        **_entry(
            (),
            fonds=_WORDS,
            archival_code=_WORDS,
            long_term_years={"type": "integer", "minimum": 1, "maximum": 999},
            count_from=_words("event", "next_year"),
            numbering={"type": "object", "additionalProperties": _WORDS},
            shifts=_list(clock),
            emergency_hours={"type": "integer", "minimum": 0, "maximum": 72},
            holidays=_list(day),
            workdays=_list(day),
        ),
    }
