"""
What is remembered of a partition: where it stands, and what an unfinished window has written.

A store cannot write on condition, so a claim here is a notice and no lock: a run that finds another's claim
stops. Two runs can still pass each other between that look and the write; then each goes on with files of
its own or the very same ones, and what is listed last is whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import msgspec

from airflow_connectors.core import Window
from airflow_connectors.core.moments import EPOCH
from airflow_connectors.sync.errors import Superseded
from airflow_connectors.sync.kinds import Kind
from airflow_connectors.sync.ledger import Key, Position, State

from . import layout
from .manifest import File, union
from .store import Store
from .tail import Tail

TICK = timedelta(microseconds=1)
PER_TICK = 1000  # rows that are numbered within a microsecond
RETRIED = timedelta(hours=1)  # a run that begins within it repeats the window of one that wrote nothing


@dataclass(frozen=True)
class Underway:
    """
    A window that is not finished. `files` are those of its committed units, by table.

    Its rows are numbered on from a moment: from when it began, or where it reads the past again, from then.
    """

    name: str
    begun: datetime
    numbered_from: datetime
    since: datetime | None
    until: datetime
    is_snapshot: bool
    files: dict[str, list[File]] = field(default_factory=dict)
    kinds: dict[str, dict[str, Kind]] = field(default_factory=dict)
    tail: Tail = field(default_factory=dict)

    @property
    def bounds(self) -> Window:
        return Window(self.since, self.until)

    @property
    def count(self) -> int:
        """Rows so far."""
        return sum(file.rows for files in self.files.values() for file in files)

    @property
    def numbered_to(self) -> datetime:
        """What begins later gives its rows higher numbers."""
        return self.numbered_from + (1 + self.count // PER_TICK) * TICK

    @property
    def next_number(self) -> int:
        return (self.numbered_from - EPOCH) // TICK * PER_TICK + self.count

    def with_file(self, table: str, file: File, kinds: Mapping[str, Kind]) -> Underway:
        files = {**self.files, table: [*self.files.get(table, []), file]}
        return replace(
            self, files=files, kinds={**self.kinds, table: union([self.kinds.get(table, {}), kinds])}
        )

    def emptied(self) -> Underway:
        return replace(self, files={}, kinds={}, tail={})


@dataclass(frozen=True)
class Stored:
    """A state object. `largest` is the most rows that a window which counts has had, by table."""

    epoch: int = 0
    position: Position = field(default_factory=lambda: Position(None))
    underway: Underway | None = None
    numbered_to: datetime | None = None
    largest: dict[str, int] = field(default_factory=dict)
    tail: Tail = field(default_factory=dict)
    updated_at: datetime | None = None

    @property
    def state(self) -> State:
        """As the engine knows it."""
        at = self.position
        return State(self.epoch, at.cursor, at.resume, at.etag, at.etag_for, at.lateness)

    def is_resumable(self, *, is_snapshot: bool, now: datetime) -> bool:
        """Whether the unfinished window goes on; one that wrote nothing, only for a retry soon after."""
        if self.underway is None or self.underway.is_snapshot is not is_snapshot:
            return False
        return self.position.resume is not None or now - self.underway.begun < RETRIED


@dataclass(frozen=True)
class States:
    """The state objects as one run sees them, which signs its claims with its id."""

    store: Store
    run_id: str

    def load(self, key: Key) -> Stored:
        content = self.store.read(layout.state(key))
        return msgspec.json.decode(content, type=Stored) if content else Stored()

    def claim(self, key: Key) -> Stored:
        """Sign a partition, which ends earlier runs of it, and only then see what they left."""
        self.store.write(layout.claim(key), self.run_id.encode())
        found = self.load(key)
        return replace(found, epoch=found.epoch + 1)

    def fence(self, key: Key) -> None:
        """Raise Superseded if a newer run has claimed the partition, as far as can be seen."""
        if self.store.read(layout.claim(key)) != self.run_id.encode():
            raise Superseded(f"{key}: a newer run has taken over; this one lists nothing more and stops")

    def save(self, key: Key, stored: Stored) -> None:
        content = msgspec.json.encode(replace(stored, updated_at=datetime.now(UTC)))
        self.store.write(layout.state(key), content)
