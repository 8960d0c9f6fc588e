"""A commit unit: the pages whose rows, state and account are written in one transaction."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .batch import Batch, Reject
from .intake import Intake
from .ledger import Key

if TYPE_CHECKING:
    from .partition import PartitionRun


@dataclass
class Unit:
    """
    Collects what was read of one or several partitions; `size` is the bytes of JSON it came in.

    `spared` are the numbers of rows that a backfill does not write, because something newer is there.
    """

    batches: dict[tuple[Key, str], list[Batch]] = field(default_factory=dict)
    parts: dict[Key, PartitionRun] = field(default_factory=dict)
    late: dict[int, tuple[Key, float]] = field(default_factory=dict)
    rejects: list[tuple[Key, Reject]] = field(default_factory=list)
    spared: set[int] = field(default_factory=set)
    size: int = 0
    pages: int = 0
    began: float = field(default_factory=time.monotonic)

    def add(self, part: PartitionRun, intake: Intake) -> None:
        self.parts[part.key] = part
        for table, rows in intake.batches:
            self.batches.setdefault((part.key, table), []).append(rows)
        self.late |= {row: (part.key, seconds) for row, seconds in part.late(intake).items()}
        self.rejects += ((part.key, reject) for reject in intake.rejects)
        self.size += intake.page.size
        self.pages += 1

    def of(self, part: PartitionRun, table: str) -> list[Batch]:
        """What was collected of one partition for one table."""
        return self.batches.get((part.key, table), [])

    @property
    def age(self) -> float:
        """Seconds since it was begun."""
        return time.monotonic() - self.began
