"""A world, a service, a destination and a model, played against each other step by step."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import nullcontext, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count, pairwise
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from airflow_connectors.core import ConnectorError
from airflow_connectors.sync import Destination, Options, Summary, Sync, Verdict, Write
from tests.sync.conftest import Table

from .models import Append, Counts, History, Merge, Model, Row
from .rows import as_moment, expected, stored
from .service import Service, Shape
from .world import Change, World, as_served

NUMBERS = count(1)
LAST = datetime.max.replace(tzinfo=UTC)
MODELS = {
    Write.MERGE: Merge,
    Write.APPEND: Append,
    Write.REPLACE: lambda: Merge(removes=True),
    Write.SCD2: History,
}


@dataclass(frozen=True)
class Attempt:
    """
    A run that the service refuses at a request, or lets through.

    What happens `between` it and the run before; what `drifts` happen while it reads, at which requests.
    """

    refused_at: int = 0
    status: int = 400
    is_full: bool = False
    commit_bytes: int = 1
    between: tuple[Change, ...] = ()
    drifts: tuple[tuple[int, tuple[Change, ...]], ...] = ()


@dataclass(frozen=True)
class Step:
    """What happens in the world, and then runs until one is let through."""

    changes: tuple[Change, ...]
    attempts: tuple[Attempt, ...]


@dataclass
class Game:
    """Plays one world on one destination, in tables of its own."""

    destination: Destination
    shape: Shape
    write: Write = Write.MERGE
    name: str = field(default_factory=lambda: f"things_{next(NUMBERS)}")

    def __post_init__(self) -> None:
        self.world = World(self.shape.boxes, self.shape.lookback)
        self.service = Service(self.world, self.shape)
        self.model: Model = MODELS[self.write]()

    def play(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            self.world.apply(step.changes)
            any(self.attempt(attempt) for attempt in step.attempts)

    def attempt(self, attempt: Attempt) -> bool:
        """Run once; whether it was let through. Either way the table is what the model says."""
        self.service.before = lambda n: attempt.status if n == attempt.refused_at else None
        before = self.model.rows()
        try:
            summary = self.run(attempt)
        except ConnectorError:
            if not self.service.refusals:
                raise
            self.require_rest(before, is_full=self.is_full(attempt))
            return False
        self.require_exact(summary, is_full=self.is_full(attempt))
        return True

    def drift(self, attempt: Attempt) -> None:
        """Run once in a world that moves: what is promised then is little, but always kept."""
        self.world.apply(attempt.between)
        before = self.model.rows()
        self.service.before = lambda n: self._move(n, attempt)
        with suppress(ConnectorError) if attempt.refused_at else nullcontext():
            self.run(attempt)
        found = self.table()
        assert self.keeps_rows(attempt, before, found)
        assert self.ledger()[0]["new"] == self.difference(before, found)[0]
        self.model.take(found)

    def _move(self, number: int, attempt: Attempt) -> int | None:
        for request, changes in attempt.drifts:
            if request == number:
                self.world.apply(changes)
        return attempt.status if number == attempt.refused_at else None

    def keeps_rows(self, attempt: Attempt, before: Counter[Row], found: Counter[Row]) -> bool:
        """No record went away, unless it was a complete reading that missed it."""
        return self.is_full(attempt) or self.keys(before) <= self.keys(found)

    def settle(self) -> None:
        """The world comes to rest: the open window is finished, and then one run is quiet."""
        self.drift(Attempt())
        assert self.attempt(Attempt())

    def run(self, attempt: Attempt) -> Summary:
        options = Options(
            write=self.write,
            full_refresh=attempt.is_full,
            commit_bytes=attempt.commit_bytes,
            allow_shrink=True,
            concurrency=self.shape.concurrency,
        )
        stream = self.shape.stream(self.name, self.world.clock)
        boxes = [box or None for box in self.shape.boxes]
        return Sync(self.destination, "c", self.service.client()).run(stream, boxes, options)

    def is_full(self, attempt: Attempt) -> bool:
        """Whether the run reads everything, so that what it does not see is gone."""
        if self.write in (Write.MERGE, Write.SCD2):
            return attempt.is_full or not self.shape.has_cursor
        return self.write is Write.REPLACE

    def require_exact(self, summary: Summary, *, is_full: bool) -> None:
        """After a finished run in a quiet world: every row, every count."""
        counts = [self._finish(box, is_full=is_full) for box in self.shape.boxes]
        said = Counts(summary.new, summary.changed, summary.unchanged, summary.deleted)
        assert self.table() == self.model.rows()
        assert said == sum(counts, Counts())
        assert (summary.verdict, summary.reasons, summary.rejected) == (Verdict.COMPLETE, [], 0)
        assert (summary.requests, summary.pages) == (self.service.requests, self.service.answers)

    def _finish(self, box: str, *, is_full: bool) -> Counts:
        read, visible = self.service.read(box), self.world.now_visible(box)
        counts = self.model.finish(box, read, visible, is_full=is_full)
        # "Not modified" is believed of the rows, and nothing was read that could be counted.
        return Counts() if is_full and box in self.service.unmodified else counts

    def require_rest(self, before: Counter[Row], *, is_full: bool) -> None:
        """After an interrupted run: nothing lost, nothing twice, nothing that was not shown; counted."""
        found, finished = self.table(), deepcopy(self.model)
        for box in self.shape.boxes:
            finished.finish(box, self.service.read(box), self.world.now_visible(box), is_full=is_full)
            was, now, to_be = (self.of(box, rows) for rows in (before, found, finished.rows()))
            # A box may have been finished before another one was refused.
            assert now in (was, to_be) or not is_full
            assert self.keys(was) <= self.keys(now) or is_full
            assert set(now) <= {*was, *to_be, *(((b, i), v, False) for b, i, v in self.service.served)}
        self.model.take(found)
        run = self.ledger()[0]
        assert (run["new"], run["changed"], run["deleted"]) == self.difference(before, found)

    def of(self, box: str, rows: Counter[Row]) -> Counter[Row]:
        return Counter({row: number for row, number in rows.items() if row[0][0] == box})

    def difference(self, before: Counter[Row], found: Counter[Row]) -> tuple[int, int, int]:
        """How many rows are new, not what they were, and gone, counted from the table itself."""
        if self.write is Write.APPEND:
            assert before <= found
            return len(found - before), 0, 0
        new, live = self.keys(found) - self.keys(before), self.live(found)
        changed = self.live(found - before) - new
        return len(new), len(changed), len(self.live(before) - live)

    def live(self, rows: Counter[Row]) -> set[Any]:
        return {key for key, _, is_deleted in rows if not is_deleted}

    def keys(self, rows: Counter[Row]) -> set[Any]:
        return {row[0] for row in rows}

    def ledger(self) -> list[dict[str, Any]]:
        """The accounts of this stream's runs, the latest first."""
        rows = Table(self.destination, "_sync_runs").rows(f"stream = '{self.name}'")
        return sorted(rows, key=lambda row: row["started_at"], reverse=True)

    def table(self) -> Counter[Row]:
        """The table by plain SQL: every column of every row is that of one version."""
        rows = Table(self.destination, self.name).rows() if self.is_there() else []
        found = Counter(self._row(row) for row in rows)
        assert max(found.values(), default=1) == 1, "a row occurs twice"
        live = Counter(key for key, _, is_over in found if self.write is not Write.APPEND and not is_over)
        assert max(live.values(), default=1) == 1, "a key occurs twice"
        require_sequence(row for row in rows if "_valid_from" in row)
        return found

    def is_there(self) -> bool:
        schema, name = self.destination.dialect.place(self.destination.schema, self.name)
        with self.destination.connect() as conn:
            return sa.inspect(conn).has_table(name, schema=schema)

    def _row(self, row: dict[str, Any]) -> Row:
        record = self.world.versions[row["version"]]
        assert stored(row) == expected(as_served(record))
        is_over = row.get("_deleted_at") or row.get("_valid_to")
        return (record["box"], record["id"]), row["version"], is_over is not None


def require_sequence(rows: Iterable[dict[str, Any]]) -> None:
    """The versions of a record follow each other in time: each is valid from its beginning to its end."""
    spans = defaultdict(list)
    for row in rows:
        spans[row.get("_box"), row["id"]].append((as_moment(row["_valid_from"]), row["_valid_to"]))
    for of_one in spans.values():
        ends = [(begin, as_moment(end) if end else LAST) for begin, end in sorted(of_one, key=itemgetter(0))]
        assert all(begin <= end for begin, end in ends)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(ends)), "two versions are valid at once"
