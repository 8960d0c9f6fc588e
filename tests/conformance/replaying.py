"""Recorded exchanges, served one at a time."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from pathlib import Path

from . import reference
from .loopback import serving
from .recorded import Exchange


def replayed(exchange: Exchange, prefix: str, folder: Path) -> AbstractContextManager[str]:
    """Serve one exchange; `prefix` is what its path has and our requests lack, or the other way round."""
    tool = reference.required("tools", "replay.py")
    alone = exchange.alone_in(folder)
    options = ["--prefix", prefix] if prefix else []
    return serving([sys.executable, tool, alone, "--port", 0, *options])
