"""The engine that lands records in SQL databases: incrementally, exactly once, with proof. No Airflow."""

from .destination import Destination
from .engine import Sync, require_complete
from .errors import DestinationError, IncompleteSync, Superseded, TooManyRejects
from .options import Options
from .verdict import Summary, Verdict
from .write import Write

__all__ = [
    "Destination",
    "DestinationError",
    "IncompleteSync",
    "Options",
    "Summary",
    "Superseded",
    "Sync",
    "TooManyRejects",
    "Verdict",
    "Write",
    "require_complete",
]
