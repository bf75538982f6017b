"""`dangan`: everything a script needs (design 8). Each command is thin: parse, call one use case, print."""

from archive.cli.main import main

__all__ = ["main"]
