"""A source that never stands still: records come, change, tie, come late and go, by the clock on the wall."""

from __future__ import annotations

import random
import time
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.sync.properties.world import content

Record = dict[str, Any]
Key = tuple[str, int]

LOOKBACK = 1.0  # seconds that streams declare
LATEST = 0.7  # seconds that records are late at most, less than is declared
TICK = 10_000  # microseconds between two times, so that many records share one


@dataclass
class World:
    """
    Boxes of records, and every version there ever was.

    Removed records are replaced at once, so that no complete reading finds fewer than there were.
    """

    boxes: tuple[str, ...]
    in_time: bool
    updates: bool
    deletes: bool
    seed: int
    records: dict[Key, Record] = field(default_factory=dict)
    versions: list[Record] = field(default_factory=list)
    last: dict[str, int] = field(default_factory=dict)
    is_wild: bool = False

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - repeatable, not secret

    def grow(self, count: int) -> None:
        for _ in range(count):
            self._insert()

    def stir(self) -> None:
        """What happens in a moment."""
        for _ in range(self.random.randrange(6)):
            self._insert() if self.random.random() < 0.4 or not self.updates else self._update()
        if self.deletes and self.random.random() < 0.3:
            self._swap()

    def page(self, box: str, since: int, after: list[int] | None, size: int) -> tuple[list[Record], bool]:
        """The records that follow a place, and whether there are more."""
        found = [r for r in self.records.values() if r["box"] == box and r["time"] >= since]
        found.sort(key=self.place)
        start = bisect_right(found, after, key=self.place) if after else 0
        return found[start : start + size], start + size < len(found)

    def place(self, record: Record) -> list[int]:
        """What the list is sorted by, and what a page token holds."""
        return [record["time"], record["id"]] if self.in_time else [record["id"]]

    def _insert(self) -> None:
        box = self.random.choice(self.boxes)
        self.last[box] = self.last.get(box, 0) + 1
        self._put(box, self.last[box])

    def _update(self) -> None:
        box, number = self.random.choice(list(self.records))
        self._put(box, number)

    def _swap(self) -> None:
        gone = self.random.choice(list(self.records))
        self._insert()
        del self.records[gone]

    def _put(self, box: str, number: int) -> None:
        late = self.random.uniform(0, LATEST) if self.random.random() < 0.2 else 0
        now = int((time.time() - late) * 1e6) // TICK * TICK
        # A record's own time does not go back, as no service's does.
        now = max(now, self.records.get((box, number), {"time": 0})["time"])
        version = len(self.versions)
        record = {"box": box, "id": number, "version": version, "time": now, **content(version)}
        self.versions.append(record)
        self.records[box, number] = record


def shown(record: Record) -> Record:
    """A record as the service shows it."""
    kept = {name: value for name, value in record.items() if name not in ("box", "time")}
    return {**kept, "updated_at": datetime.fromtimestamp(record["time"] / 1e6, UTC).isoformat()}
