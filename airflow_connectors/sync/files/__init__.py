"""
The engine that lands records in files of any object store: at least once, and read through manifests once.

Its names are imported on first use: a DAG file that only declares a sync does not pay for the engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .engine import FileSync
    from .formats import FORMATS
    from .manifest import File, Manifest
    from .manifested import Manifested
    from .pruning import prune

HOMES = {
    "FORMATS": "formats",
    "File": "manifest",
    "FileSync": "engine",
    "Manifest": "manifest",
    "Manifested": "manifested",
    "prune": "pruning",
}

__all__ = ["FORMATS", "File", "FileSync", "Manifest", "Manifested", "prune"]


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
