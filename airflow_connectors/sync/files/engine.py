"""
One run of one stream into files: at least once, and for those who read what manifests list, exactly once.

    claim ─► read pages ─► a unit ─► its files ─► the state ─► … ─► the window's manifest ─► the state
                                        │                                   │
                                        └ named by window, number           └ from here on the files count
                                          and content
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Event, Thread
from uuid import uuid4

import msgspec

from airflow_connectors.core import Client, ConnectorError, Place, Stream
from airflow_connectors.sync.engine import CLAIMED, DEFAULTS, batched, listings
from airflow_connectors.sync.errors import DestinationError
from airflow_connectors.sync.intake import Intaker
from airflow_connectors.sync.memory import unhurried
from airflow_connectors.sync.options import Options, Write
from airflow_connectors.sync.prepare import Find
from airflow_connectors.sync.progress import Progress
from airflow_connectors.sync.verdict import Summary

from . import layout
from .claim import claimed
from .formats import format_of
from .judging import check, judge
from .run import FileRun, open_columns, shaping_for_files
from .store import Store, StorePath
from .writer import FileWriter

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FileSync:
    """
    Syncs streams of one Airflow connection, named `connection`, into files below `path`.

    `path` is one of pathlib, universal_pathlib or Airflow's ObjectStoragePath; `format` is parquet, jsonl or
    jsonl.gz. `secret` finds the keys that transforms name.
    """

    path: StorePath
    format: str
    connection: str
    client: Client
    secret: Find | None = None
    stopping: Event = field(default_factory=Event)

    def stop(self) -> None:
        """Ask the run to commit what it has and raise Stopped, within seconds."""
        # Locks are taken on a thread of its own, because a signal's handler interrupts those who hold them.
        Thread(target=self._stop, name="stop").start()

    def _stop(self) -> None:
        self.stopping.set()
        self.client.interrupt()

    def run(
        self, stream: Stream, partitions: Iterable[Place | None] = (None,), options: Options = DEFAULTS
    ) -> Summary:
        """
        Sync one stream, all its partitions, and return the account.

        Raises ConnectorError when it cannot go on; what was committed stays and the next run goes on there.
        A verdict that is not complete is returned, not raised: see `require_complete`.
        """
        check(options.expect, stream)
        run, started_at = self._begin(stream, options), datetime.now(UTC)
        self._account(run, started_at=started_at)
        try:
            with unhurried():
                self._read(run, partitions)
                judge(run)
        except ConnectorError as error:
            self._close(run, started_at, error)
            raise
        self._account(run, started_at=started_at, finished_at=datetime.now(UTC))
        return run.summary

    def _read(self, run: FileRun, partitions: Iterable[Place | None]) -> None:
        """Read the records, and what else tells which of them are gone."""
        runs = [run, *(run.listed(*more) for more in listings(run.stream, run.options))]
        for some in batched(partitions, CLAIMED):
            for each in runs:
                FileWriter(each).write(claimed(each, some))

    def _begin(self, stream: Stream, options: Options) -> FileRun:
        store, shaping = Store(self.path), shaping_for_files(stream, options, self.secret)
        return FileRun(
            stream=stream,
            options=options,
            client=self.client,
            store=store,
            suffix=self.format,
            format=format_of(self.format),
            connection=self.connection,
            summary=Summary(stream.name, shaping.table, f"{stream.name}-{uuid4()}"),
            progress=Progress(stream.name),
            remembered=open_columns(store, self.connection, shaping),
            intaker=Intaker(stream, shaping, is_canonical=options.write is Write.APPEND or not stream.key),
            is_stopped=self.stopping.is_set,
            spent_before=replace(self.client.usage),
        )

    def _account(self, run: FileRun, **more: datetime | str | None) -> None:
        """Write the account as it stands."""
        account = {
            **run.settle(run.summary).as_dict(),
            "connection": run.connection,
            "format": run.suffix,
            **more,
        }
        name = layout.account(run.connection, run.summary.table, run.summary.run_id)
        run.store.write(name, msgspec.json.format(msgspec.json.encode(account), indent=1))

    def _close(self, run: FileRun, started_at: datetime, error: ConnectorError) -> None:
        """Write the account of a failure, if the store can still take it."""
        try:
            self._account(
                run, started_at=started_at, finished_at=datetime.now(UTC), verdict="failed", error=str(error)
            )
        except DestinationError as lost:
            log.warning("the account of %s could not be closed: %s", run.summary.run_id, lost)
