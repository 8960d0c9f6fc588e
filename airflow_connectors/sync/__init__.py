"""
The engine that lands records in SQL databases: incrementally, exactly once, with proof. No Airflow.

Its names are imported on first use: a DAG file that only declares a sync does not pay for the engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .destination import Destination
    from .engine import Sync, require_complete
    from .errors import DestinationError, IncompleteSync, Stopped, Superseded, TooManyRejects
    from .options import Options, Write
    from .verdict import Summary, Verdict

HOMES = {
    "Destination": "destination",
    "DestinationError": "errors",
    "IncompleteSync": "errors",
    "Options": "options",
    "Stopped": "errors",
    "Summary": "verdict",
    "Superseded": "errors",
    "Sync": "engine",
    "TooManyRejects": "errors",
    "Verdict": "verdict",
    "Write": "options",
    "require_complete": "engine",
}

__all__ = [
    "Destination",
    "DestinationError",
    "IncompleteSync",
    "Options",
    "Stopped",
    "Summary",
    "Superseded",
    "Sync",
    "TooManyRejects",
    "Verdict",
    "Write",
    "require_complete",
]


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
