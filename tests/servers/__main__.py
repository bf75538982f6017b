"""`python -m tests.servers`: install every engine into the cache folder before timed tests."""

from __future__ import annotations

import importlib
import sys
import time

from tests.servers.base import ENGINES, EngineMissing, in_ci


def main() -> int:
    lacking = 0
    for name, module in ENGINES.items():
        began = time.monotonic()
        try:
            importlib.import_module(module).install()
            print(f"{name}: ready ({time.monotonic() - began:.0f} s)", flush=True)
        except (EngineMissing, ModuleNotFoundError) as why:
            lacking += 1
            print(f"{name}: missing: {why}", flush=True)
    return 1 if lacking and in_ci() else 0


if __name__ == "__main__":
    sys.exit(main())
