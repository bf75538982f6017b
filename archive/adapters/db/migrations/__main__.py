"""`python -m archive.adapters.db.migrations "what changes"`: write the next revision.

It holds the difference between the tables as the revisions make them and as the domain's dataclasses want them; read it
before it is committed.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config

from archive.adapters.db.codec import METADATA
from archive.adapters.db.engine import make_engine
from archive.adapters.db.migrations import FOLDER, alembic_config, head, upgrade
from archive.adapters.db.types import WHOLE, UtcDateTime


def render_type(kind: str, column_type: Any, _context: Any) -> str | bool:
    """Name column types by what they are in the database, so that a revision never depends on the domain."""
    if kind != "type":
        return False
    if isinstance(column_type, UtcDateTime):
        return "types.UtcDateTime()"
    if str(column_type) == str(WHOLE) and "sqlite" in column_type._variant_mapping:
        return "types.WHOLE"
    text = getattr(column_type, "impl_instance", column_type)
    if text.__visit_name__.lower() == "text":
        return "types.ORDERED_TEXT" if "postgresql" in text._variant_mapping else "sa.Text()"
    return False


def revise(message: str, *, first: bool = False) -> Path:
    """Write the revision after the newest one; `first` starts from an empty database."""
    number = 1 if first else int(head()) + 1
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/empty.db")
        if not first:
            upgrade(engine)
        with engine.connect() as connection:
            config: Config = alembic_config(connection)
            config.attributes["render_type"] = render_type
            made = command.revision(
                config,
                message,
                autogenerate=True,
                rev_id=f"{number:04}",
                head="base" if first else "head",
                splice=first,
            )
        engine.dispose()
    assert made is not None
    assert not isinstance(made, list)
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")
    return Path(made.path).rename(FOLDER / "versions" / f"{number:04}_{slug}.py")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    assert METADATA.tables
    print(revise(sys.argv[1]))
