"""What every contestant is told: where the service is, and where its rows are to go."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Task:
    """`flavour` is "pages" or "cursor"; `folder` keeps what a tool keeps on disk between two runs."""

    url: str
    database: str
    records: int
    flavour: str
    variant: str
    folder: Path


def task() -> Task:
    """The task, once everything is imported: what was spent before is start-up."""
    report(startup_cpu_s=time.process_time())
    url, database, records, flavour, variant, folder = sys.argv[1:7]
    return Task(url, database, int(records), flavour, variant, Path(folder))


def report(**found: Any) -> None:
    """A line for the run's row in the results."""
    print(json.dumps(found), flush=True)
