"""`python -m tests.servers`: install every engine before the tests, which have time limits, need it."""

from __future__ import annotations

import importlib
import sys
import time

from tests.servers.base import ENGINES, EngineMissing, in_ci

MODULES = {**ENGINES, "chromium": "tests.servers.chromium", "compose": "tests.servers.compose"}


def main() -> int:
    """Name each engine and how long it took; with CI=true a missing one is a failure."""
    lacking = 0
    for name, module in MODULES.items():
        began = time.monotonic()
        try:
            importlib.import_module(module).install()
            print(f"{name}: ready ({time.monotonic() - began:.0f} s)", flush=True)
        except EngineMissing as why:
            lacking += 1
            print(f"{name}: missing: {why}", flush=True)
    return 1 if lacking and in_ci() else 0


if __name__ == "__main__":
    sys.exit(main())
