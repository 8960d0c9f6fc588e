"""The loop between the readers and the destination: collects units and commits them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from airflow_connectors.core import ConnectorError

from .commit import Commit
from .errors import Stopped
from .feed import Feed
from .partition import Delivery, PartitionRun
from .run import Run
from .snapshot import Snapshot
from .unit import Unit

SMALL = 8  # a unit of an eighth is worth a commit while the service lets us wait


@dataclass
class Writer:
    """Takes what the readers of some partitions deliver. All writing is done here, on one connection."""

    run: Run
    unit: Unit = field(default_factory=Unit)

    def write(self, parts: Sequence[PartitionRun]) -> None:
        """Raises what a reader raised, and Stopped, after what came before is committed."""
        run, options = self.run, self.run.options
        run.readers = max(1, min(options.concurrency, len(parts)))
        _ = run.client.http  # opened here: of several threads each would open one
        feed = Feed(
            [part.read for part in parts],
            workers=run.readers,
            budget=options.commit_bytes,
            is_stopped=run.is_stopped,
        )
        with closing(feed):
            for delivery in self._deliveries(feed):
                if delivery:
                    self._take(delivery)
                if self._is_due(is_idle=delivery is None):
                    self._commit()
            self._commit()
        if run.is_stopped():
            raise Stopped(f"{run.summary.stream}: stopped on request; the next run goes on from here")

    def _deliveries(self, feed: Feed[Delivery]) -> Iterator[Delivery | None]:
        try:
            yield from feed
        except ConnectorError:
            self._commit()
            raise

    def _take(self, delivery: Delivery) -> None:
        part, intake = delivery.part, delivery.intake
        if delivery.is_again:
            self._start_over(part)
        if intake.page.is_unmodified:
            self.run.summary.pages += 1
            self.run.extent.unmodified += 1
            return
        part.see(intake)
        self.unit.add(part, intake)
        Commit(self.run, self.unit).guard()
        self.run.progress.saw(intake.count)
        self.run.progress.total = part.watch.total

    def _is_due(self, *, is_idle: bool) -> bool:
        options = self.run.options
        # A snapshot that is cut in two is staged first: that is not worth a moment's rest.
        is_idle = is_idle and not any(part.is_underway for part in self.unit.parts.values())
        enough = options.commit_bytes // SMALL if is_idle else options.commit_bytes
        return self.unit.size >= max(enough, 1) or self.unit.age >= options.commit_seconds

    def _start_over(self, part: PartitionRun) -> None:
        part.start_over()
        with self.run.conn.begin():
            for tables in self.run.targets.values():
                Snapshot(self.run, part, tables).discard()

    def _commit(self) -> None:
        if self.unit.parts:
            Commit(self.run, self.unit).write()
        self.unit = Unit()
