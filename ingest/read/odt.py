"""OpenDocument texts: headings, paragraphs and tables in document order."""

from __future__ import annotations

import zipfile
from pathlib import Path

from lxml import etree

from ingest.facts import Limits
from ingest.layout import pages_of
from ingest.problems import problem
from ingest.read import container
from ingest.read.content import Block, Content

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def read(path: Path, limits: Limits) -> Content:
    """The content of an .odt whose container was guarded before."""
    try:
        with zipfile.ZipFile(path) as archive:
            root = container.parse(container.part(archive, "content.xml", limits))
    except container.Refusal as refusal:
        return Content(MEDIA_TYPE, problems=(refusal.problem,))
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError) as error:
        return Content(MEDIA_TYPE, problems=(problem("damaged", reason=str(error)[:120]),))
    blocks = []
    for element in root.iter(_TEXT + "h", _TEXT + "p", _TABLE + "table"):
        inside = any(parent.tag == _TABLE + "table" for parent in element.iterancestors())
        if element.tag == _TABLE + "table":
            rows = tuple(
                tuple("".join(cell.itertext()) for cell in row.iter(_TABLE + "table-cell"))
                for row in element.iter(_TABLE + "table-row")
            )
            blocks.append(Block("table", "\n".join("\t".join(row) for row in rows), rows=rows))
        elif not inside:
            level = int(element.get(_TEXT + "outline-level", 0))
            blocks.append(Block("paragraph", "".join(element.itertext()), level))
    return Content(MEDIA_TYPE, pages_of(blocks), blocks=tuple(blocks))
