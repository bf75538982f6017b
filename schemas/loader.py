"""From a folder of YAML files to one frozen Pack; a house's own folder may lie over ours."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from schemas.dossier import parse_dossier
from schemas.model import Pack
from schemas.obligation import parse_obligation, parse_post
from schemas.parsing import Shared, parse_record_type, parse_rule, parse_shared
from schemas.policy import parse_access_class, parse_contradiction, parse_family, parse_role, parse_workflow
from schemas.reading import Entry, Place, as_entry
from schemas.rules import check_rules, without_demands_on_retired
from schemas.settings import parse_settings
from schemas.titles import clean_title
from schemas.yaml_values import LARGEST_FILE, PackError, check_inside, load_yaml

OURS = Path(__file__).parent
FOLDERS = ("record_types", "workflows", "obligations")
"""Folders of a pack whose YAML files are read beside those in it."""
MOST_FILES = 500
LARGEST_PACK = 1_500_000
"""Bytes of all files; ours has a quarter of a million. More is refused unread, so that checking takes
seconds."""
SECTIONS = (
    "record_types",
    "rules",
    "fields",
    "places",
    "access_classes",
    "roles",
    "posts",
    "families",
    "dossiers",
    "workflows",
    "obligations",
    "contradictions",
)
"""What a pack file may hold besides `family` and `defaults`.

Each a list of mappings with a `code` (rules: `id`).
"""


def load_pack(overlay: Path | None = None) -> Pack:
    """The pack of this installation, with the files of the folder `overlay` laid over it.

    An overlay's entry whose code is known replaces, key by key, what ours says; an unknown code adds an
    entry. Raises PackError with file, line, reason and what to do; nothing half-loaded is returned.
    """
    if overlay is not None and not overlay.is_dir():
        raise PackError(
            overlay, 0, "there is no such folder", "give the folder that holds the pack's YAML files"
        )
    folders = [OURS] if overlay is None else [OURS, overlay]
    raw = _Raw()
    for folder in folders:
        for file in pack_files(folder):
            check_inside(file, folder)
            raw.add(file)
    return _build(raw)


def pack_files(folder: Path) -> list[Path]:
    """The YAML files of a pack, in a fixed order. PackError when they are too many, or too large together."""
    found = [*folder.glob("*.yaml")]
    for part in FOLDERS:
        found += (folder / part).glob("*.yaml")
    if len(found) > MOST_FILES:
        raise PackError(folder, 0, f"there are {len(found)} files in it", f"keep to {MOST_FILES} files")
    sizes = [file.lstat().st_size for file in found]
    if sum(size for size in sizes if size <= LARGEST_FILE) > LARGEST_PACK:
        hint = f"keep its files under {LARGEST_PACK / 1_000_000} MB together"
        raise PackError(folder, 0, "the pack is too large", hint)
    return sorted(found)


class _Raw:
    """Everything read so far: section → code → entry, the settings, and a digest of the bytes."""

    def __init__(self) -> None:
        self.sections: dict[str, dict[str, Entry]] = {section: {} for section in SECTIONS}
        self.settings = Entry({}, Place(OURS / "settings.yaml"))
        self.words: dict[str, str] = {}
        self._digest = hashlib.sha256()

    @property
    def version(self) -> str:
        return self._digest.hexdigest()[:12]

    def add(self, file: Path) -> None:
        top = as_entry(load_yaml(file) or {}, Place(file))
        self._digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
        if file.name == "settings.yaml":
            self.settings = self.settings.overlaid(top.data, top.place)
            return
        defaults = dict(top.mapping_of_anything("defaults"))
        if family := top.text("family", ""):
            defaults["family"] = family
        self.words.update(top.mapping("words"))
        for section in SECTIONS:
            for entry in top.entries(section):
                self._put(section, entry, defaults if section == "record_types" else {})
        top.finish()

    def _put(self, section: str, entry: Entry, defaults: Mapping[str, object]) -> None:
        key = "id" if section == "rules" else "code"
        code = entry.text(key)
        known = self.sections[section].get(code)
        if known is None:
            if defaults:
                entry = Entry(defaults, Place(entry.place.file, ("defaults",))).overlaid(
                    entry.data, entry.place
                )
            self.sections[section][code] = entry
        elif known.place.file.is_relative_to(OURS) and not entry.place.file.is_relative_to(OURS):
            self.sections[section][code] = known.overlaid(entry.data, entry.place)
        else:
            entry.at(key).fail(
                f"{code} is already used", f"choose another {key}; the first is in {known.place.file.name}"
            )


def _build(raw: _Raw) -> Pack:
    sections = raw.sections
    types, posts, roles = (tuple(sections[name]) for name in ("record_types", "posts", "roles"))
    shared = Shared(
        fields={code: parse_shared(entry) for code, entry in sections["fields"].items()},
        places={code: parse_shared(entry) for code, entry in sections["places"].items()},
        rules={code: parse_rule(entry) for code, entry in sections["rules"].items()},
        access_classes={c: parse_access_class(e, roles) for c, e in sections["access_classes"].items()},
    )
    pack = Pack(
        version=raw.version,
        record_types={c: parse_record_type(e, shared) for c, e in sections["record_types"].items()},
        access_classes=shared.access_classes,
        roles={c: parse_role(e, roles) for c, e in sections["roles"].items()},
        workflows={c: parse_workflow(e, roles) for c, e in sections["workflows"].items()},
        obligations={c: parse_obligation(e, types, posts) for c, e in sections["obligations"].items()},
        dossiers={c: parse_dossier(e, types) for c, e in sections["dossiers"].items()},
        families={c: parse_family(e) for c, e in sections["families"].items()},
        posts={c: parse_post(e, roles) for c, e in sections["posts"].items()},
        contradictions={c: parse_contradiction(e) for c, e in sections["contradictions"].items()},
        retention_rules=shared.rules,
        words=raw.words,
        **parse_settings(raw.settings),
    )
    _check_contents(pack, sections["dossiers"])
    _check_names(pack, sections["record_types"])
    check_rules(pack, sections["record_types"])
    return without_demands_on_retired(pack)


def _check_contents(pack: Pack, entries: Mapping[str, Entry]) -> None:
    """What a kind of dossier should contain must be filed in such dossiers."""
    for dossier in pack.dossiers.values():
        for position, line in enumerate(dossier.contents):
            for code in line.types:
                belongs = pack.record_types[code].dossier
                if belongs != dossier.code:
                    entries[dossier.code].at("contents", position).fail(
                        f"{code} belongs to {belongs}", f"change its dossier to {dossier.code}, or this line"
                    )


def _names(pack: Pack) -> Iterator[tuple[str, str, str]]:
    for record_type in pack.record_types.values():
        yield record_type.code, "title_zh", record_type.title_zh
        yield record_type.code, "title_en", record_type.title_en
        for alias in record_type.aliases:
            yield record_type.code, "aliases", alias


def _check_names(pack: Pack, entries: Mapping[str, Entry]) -> None:
    """Two types may not claim one title: recognition could not tell them apart."""
    owners: dict[str, str] = {}
    for code, key, name in _names(pack):
        other = owners.setdefault(clean_title(name), code)
        if other != code:
            entries[code].at(key).fail(
                f"{name!r} names both {other} and {code}", "give each title or alias to one record type only"
            )
