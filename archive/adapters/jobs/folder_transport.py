"""kombu's filesystem transport with messages that appear whole or not at all.

kombu writes a message under its final name, so another process may take it half written, and moves what it
takes through the machine's common temporary folder. Here both are renames inside the broker's own folder.
"""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from collections import deque
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):  # type: ignore[misc]
    """Messages are files `<nanoseconds>_<uuid>.<queue>.msg`, taken in the order of their names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._listed: dict[str, deque[str]] = {}

    def _put(self, queue: str, payload: Any, **_kwargs: Any) -> None:
        folder = Path(self.data_folder_out)
        # Wall-clock time, not monotonic as in kombu: the order must survive a restart of the machine.
        name = f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        unfinished = folder / f"{name}.new"
        try:
            unfinished.write_bytes(dumps(payload).encode())
            unfinished.replace(folder / name)
        except BaseException:
            with contextlib.suppress(OSError):
                unfinished.unlink()
            raise

    def _get(self, queue: str) -> Any:
        names = self._listed.get(queue)
        if not names:
            names = self._listed[queue] = self._list(queue)
        while names:
            taken = self._take(names.popleft())
            if taken is not None:
                return taken
        raise Empty

    def _list(self, queue: str) -> deque[str]:
        ending = f".{queue}.msg"
        return deque(sorted(name for name in os.listdir(self.data_folder_in) if name.endswith(ending)))

    def _take(self, name: str) -> Any:
        """The message of this name; None when another process has it or it cannot be read."""
        mine = Path(self.processed_folder) / name
        try:
            (Path(self.data_folder_in) / name).rename(mine)
            payload = mine.read_bytes()
            mine.unlink()
            return loads(payload.decode())
        except (
            OSError,
            ValueError,
        ):  # taken by another, or cut short by a power failure: the row still waits
            return None


class Transport(filesystem.Transport):  # type: ignore[misc]
    """What `make_celery` names as the transport of filesystem:// brokers."""

    Channel = Channel
