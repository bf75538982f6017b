"""Checks across a pack: what a rule needs must be on the form it rules."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.model import FieldType, Pack
from schemas.reading import Entry


def check_rules(pack: Pack, entries: Mapping[str, Entry]) -> None:
    """Refuse a `when` whose field the form lacks, does not require, or whose value it does not offer."""
    for record_type in pack.record_types.values():
        fields = {field.code: field for field in record_type.fields}
        for position, rule in enumerate(record_type.retention):
            for code, value in rule.when.items():
                field = fields.get(code)
                place = entries[record_type.code].at("retention", position)
                if field is None or not field.required:
                    place.fail(
                        f"rule {rule.id} needs the field {code}",
                        f"add the required field {code} to this type",
                    )
                if field.type is FieldType.CHOICE and value not in field.choices:
                    place.fail(
                        f"rule {rule.id} asks for {code} {value!r}", f"offer it among the choices of {code}"
                    )
