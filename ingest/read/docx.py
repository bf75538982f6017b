"""Word documents (.docx): paragraphs, tables, headers, footers, text boxes, notes, comments and tracked
changes.

The parts are read with lxml straight from the container: python-docx opens every part of the package and
knows no text boxes, automatic numbers or tracked changes (a test holds that both give the same text where
both can). Inserted text counts as text, deleted text does not; both are listed as changes. Nothing outside
the file is fetched.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from ingest.facts import Limits, Problem
from ingest.layout import pages_of
from ingest.problems import problem
from ingest.read import container, numbering, styles
from ingest.read.content import Block, Change, Content
from ingest.read.numbering import W
from ingest.read.runs import PAGE_BREAK, Runs
from ingest.read.styles import list_of, value_of

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_PROGRAMS = frozenset({"DDE", "DDEAUTO"})
"""Fields that start another program when the file is opened in a word processor."""
_PAGE_NUMBER = re.compile(r"(?:第|page|页|共|of|total|頁|[\s\d/\-—,.，。])*", re.IGNORECASE)
_FORMAT_CHANGES = tuple(
    W + n for n in ("rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "trPrChange", "tcPrChange")
)


def read(path: Path, limits: Limits) -> Content:
    """The content of a .docx whose container was guarded before (`container.guard`)."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _Reader(archive, limits).content()
    except container.Refusal as refusal:
        return Content(MEDIA_TYPE, problems=(refusal.problem,))
    except (
        zipfile.BadZipFile,
        KeyError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        zlib.error,
    ) as error:
        return _damaged(str(error))
    except etree.XMLSyntaxError as error:
        return _damaged(f"XML {error.msg}")


def _damaged(reason: str) -> Content:
    return Content(MEDIA_TYPE, problems=(problem("damaged", reason=reason[:120]),))


class _Reader:
    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self.archive, self.limits = archive, limits
        self.names = set(archive.namelist())
        self.main = self._main_part()
        self.targets = self._relations(self.main)
        self.blocks: list[Block] = []
        self.changes: list[Change] = []
        self.comments = 0
        self.programs: set[str] = set()
        self.sections: list[bool] = []
        self.styles = self._styles()
        lists = self._by_kind("numbering")
        self.numbering = numbering.parse(self._parse(lists[0])) if lists else numbering.Numbering()

    # --- parts

    def _parse(self, name: str) -> Any:
        return container.parse(container.part(self.archive, name, self.limits))

    def _main_part(self) -> str:
        if "_rels/.rels" in self.names:
            for rel in self._parse("_rels/.rels").iterfind(_REL):
                if rel.get("Type", "").endswith("/officeDocument"):
                    return str(rel.get("Target", "")).lstrip("/")
        return "word/document.xml"

    def _relations(self, part: str) -> dict[str, tuple[str, str, bool]]:
        """Relation id → (kind, target, external) of one part."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", name + ".rels")
        if rels not in self.names:
            return {}
        found = {}
        for rel in self._parse(rels).iterfind(_REL):
            external = rel.get("TargetMode") == "External"
            target = rel.get("Target", "")
            if not external:
                target = (
                    posixpath.normpath(posixpath.join(folder, target)) if target[:1] != "/" else target[1:]
                )
            found[rel.get("Id", "")] = (rel.get("Type", "").rsplit("/", 1)[-1], target, external)
        return found

    def _by_kind(self, kind: str) -> list[str]:
        return [
            t for k, t, external in self.targets.values() if k == kind and not external and t in self.names
        ]

    def _styles(self) -> styles.Styles:
        sheets = self._by_kind("styles")
        if not sheets:
            return styles.Styles(etree.Element("none"))
        data = container.part(self.archive, sheets[0], self.limits)
        return styles.of(data)

    # --- content

    def content(self) -> Content:
        root = self._parse(self.main)
        body = root.find(W + "body")
        if body is None:
            return _damaged("没有正文")
        self._margins(body, "header")
        self.sections = [value_of(s.find(W + "type")) != "continuous" for s in body.iter(W + "sectPr")]
        for block in self._walk(body):
            self.blocks.append(block)
        self._margins(body, "footer")
        self._notes()
        self._format_changes(root)
        pages = pages_of(tuple(self.blocks))
        return Content(MEDIA_TYPE, pages, tuple(self._problems()), tuple(self.blocks), tuple(self.changes))

    def _problems(self) -> Iterator[Problem]:
        if not any(block.text.strip() for block in self.blocks):
            yield problem("no_text")
        if self.comments:
            yield problem("comments", count=self.comments)
        if self.programs:
            yield problem("active_content", actions="、".join(f"域 {name}" for name in sorted(self.programs)))
        inside = sorted(name for name in self.names if "/embeddings/" in name)
        if inside:
            yield problem("attachments", names="、".join(posixpath.basename(name) for name in inside[:10]))
        relations = [*self.targets.values()]
        for part in self._by_kind("settings"):
            relations += self._relations(part).values()  # a template fetched from elsewhere stands there
        fetched = [target for kind, target, external in relations if external and kind != "hyperlink"]
        if fetched:
            yield problem("external_parts", targets="、".join(fetched[:5]))

    def _margins(self, body: Any, kind: str) -> None:
        """Headers or footers of all sections, each part once, in order of their first section."""
        seen = set()
        for reference in body.iter(W + kind + "Reference"):
            _, part, external = self.targets.get(reference.get(_R + "id", ""), ("", "", True))
            if external or part in seen or part not in self.names:
                continue
            seen.add(part)
            for block in self._walk(self._parse(part), margin=kind):
                if not _PAGE_NUMBER.fullmatch(block.text):
                    self.blocks.append(Block(kind, block.text, rows=block.rows))

    def _notes(self) -> None:
        for kind, tag, name in (("footnotes", "footnote", "note"), ("endnotes", "endnote", "note"),
                                ("comments", "comment", "comment")):  # fmt: skip
            for part in self._by_kind(kind):
                for note in self._parse(part).iterfind(W + tag):
                    if note.get(W + "type"):
                        continue  # separators, no text of the author
                    text = "\n".join(b.text for b in self._walk(note) if b.text.strip())
                    if text:
                        self.blocks.append(Block(name, text))
                        self.comments += name == "comment"

    def _format_changes(self, root: Any) -> None:
        places = {id(_paragraph_above(e)): None for e in root.iter(*_FORMAT_CHANGES)}
        self.changes += [Change("", "") for _ in places]

    def _walk(self, parent: Any, margin: str = "") -> Iterator[Block]:
        """Blocks below an element, in document order; containers such as content controls are looked
        through."""
        for child in parent:
            tag = child.tag
            if tag == W + "p":
                yield from self._paragraph(child, margin)
            elif tag == W + "tbl":
                yield from self._table(child, margin)
            elif tag in (
                W + "sdt",
                W + "sdtContent",
                W + "customXml",
                W + "ins",
                W + "moveTo",
                W + "smartTag",
            ):
                yield from self._walk(child, margin)

    def _paragraph(self, paragraph: Any, margin: str) -> Iterator[Block]:
        runs = Runs(margin)
        runs.take(paragraph)
        self.changes += runs.changes
        self.programs |= {words[0].upper() for i in runs.instructions if (words := i.split())} & _PROGRAMS
        level, label = self._heading(paragraph)
        text = runs.text()
        if label and text.strip(PAGE_BREAK + " \n"):
            before = text[: len(text) - len(text.lstrip(PAGE_BREAK))]
            text = f"{before}{label} {text[len(before) :]}"
        if _breaks_before(paragraph):
            text = PAGE_BREAK + text
        if paragraph.find(f"{W}pPr/{W}sectPr") is not None:
            # The break before a section is as the next section's own properties say.
            self.sections = self.sections[1:]
            text += PAGE_BREAK if self.sections[:1] == [True] else ""
        if text:
            yield Block("paragraph", text, level, label)
        for box in runs.boxes:
            yield from self._walk(box, margin)

    def _heading(self, paragraph: Any) -> tuple[int, str]:
        properties = paragraph.find(W + "pPr")
        style = value_of(properties.find(W + "pStyle")) if properties is not None else ""
        level = self.styles.level.get(style, 0)
        numbered = self.styles.list.get(style)
        if properties is not None:
            outline = value_of(properties.find(W + "outlineLvl"))
            level = int(outline) + 1 if outline.isdigit() and int(outline) < 9 else level
            numbered = list_of(properties) or numbered
        if numbered is None or numbered[0] in ("", "0"):
            return level, ""
        num, depth = numbered
        return level, self.numbering.label(
            num, depth if depth is not None else self.numbering.level_of_style(num, style)
        )

    def _table(self, table: Any, margin: str) -> Iterator[Block]:
        read = [self._row(row, margin) for row in _rows(table)]
        rows = tuple(cells for cells, _ in read)
        merged = frozenset((number, column) for number, (_, columns) in enumerate(read) for column in columns)
        if rows:
            text = "\n".join("\t".join(cell.replace("\n", " ") for cell in row) for row in rows)
            yield Block("table", text, rows=rows, merged=merged)

    def _row(self, row: Any, margin: str) -> tuple[tuple[str, ...], list[int]]:
        """The cells of a row, and the columns that a cell above covers."""
        cells: list[str] = []
        covered: list[int] = []
        before = row.find(f"{W}trPr/{W}gridBefore")
        cells += (
            [""] * min(int(value_of(before) or 0), 60)
            if before is not None and value_of(before).isdigit()
            else []
        )
        for cell in _cells(row):
            properties = cell.find(W + "tcPr")
            span, continued = 1, False
            if properties is not None:
                width = value_of(properties.find(W + "gridSpan"))
                span = min(int(width), 60) if width.isdigit() else 1
                merge = properties.find(W + "vMerge")
                continued = merge is not None and value_of(merge) in ("", "continue")
            text = (
                ""
                if continued
                else "\n".join(b.text for b in self._walk(cell, margin)).replace(PAGE_BREAK, "")
            )
            covered += range(len(cells), len(cells) + span) if continued else ()
            cells += [text.strip("\n"), *[""] * (span - 1)]
        return tuple(cells), covered


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if child.tag == W + "tr":
            yield child
        elif child.tag in (W + "sdt", W + "sdtContent", W + "customXml"):
            yield from _rows(child)


def _cells(row: Any) -> Iterator[Any]:
    for child in row:
        if child.tag == W + "tc":
            yield child
        elif child.tag in (W + "sdt", W + "sdtContent", W + "customXml"):
            yield from _cells(child)


def _paragraph_above(element: Any) -> Any:
    while element is not None and element.tag not in (W + "p", W + "tbl", W + "body"):
        element = element.getparent()
    return element


def _breaks_before(paragraph: Any) -> bool:
    found = paragraph.find(f"{W}pPr/{W}pageBreakBefore")
    return found is not None and found.get(W + "val", "1") not in ("0", "false")
