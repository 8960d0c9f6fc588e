"""The loop between the readers and the files: collects units and commits them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from airflow_connectors.core import ConnectorError
from airflow_connectors.sync.errors import Stopped
from airflow_connectors.sync.feed import Feed
from airflow_connectors.sync.ledger import Key
from airflow_connectors.sync.partition import Delivery
from airflow_connectors.sync.unit import Unit

from .commit import Commit
from .part import FilePart
from .run import FileRun


@dataclass
class FileWriter:
    """Takes what the readers of some partitions deliver. A unit is one file of each partition and table."""

    run: FileRun
    unit: Unit = field(default_factory=Unit)
    parts: dict[Key, FilePart] = field(default_factory=dict)

    def write(self, parts: Sequence[FilePart]) -> None:
        """Raises what a reader raised, and Stopped, after what came before is committed."""
        run, options = self.run, self.run.options
        self.parts = {part.key: part for part in parts}
        run.readers = max(1, min(options.concurrency, len(parts)))
        _ = run.client.http  # opened here: of several threads each would open one
        feed = Feed(
            [part.reading.read for part in parts],
            workers=run.readers,
            budget=options.commit_bytes,
            is_stopped=run.is_stopped,
        )
        with closing(feed):
            for delivery in self._deliveries(feed):
                if delivery:
                    self._take(delivery)
                if self._is_due():
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
            self.parts[part.key].start_over()
        if intake.page.is_unmodified:
            self.run.summary.pages += 1
            self.run.extent.unmodified += 1
            self.parts[part.key].leave()
            return
        part.see(intake)
        self.unit.add(part, intake)
        Commit(self.run, self.unit, self.parts).guard()
        self.run.progress.saw(intake.count)
        self.run.progress.total = part.watch.total

    def _is_due(self) -> bool:
        options = self.run.options
        return self.unit.size >= options.commit_bytes or self.unit.age >= options.commit_seconds

    def _commit(self) -> None:
        unit, self.unit = self.unit, Unit()
        if unit.parts:
            Commit(self.run, unit, self.parts).write()
