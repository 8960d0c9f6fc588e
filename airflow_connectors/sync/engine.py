"""
One run of one stream: records in, rows, state and account out.

    claim an epoch ─► read pages ─► collect a unit ─► commit it ─► … ─► judge the window
         │                               │                │
         └ ends earlier runs             └ bad records    └ rows + state + account in one transaction,
                                           to rejects       only while the epoch is still ours
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from threading import Event, Thread
from typing import TypeVar
from uuid import uuid4

from sqlalchemy.engine import Connection

from airflow_connectors.core import Client, ConfigError, ConnectorError, Place, Stream

from .claim import claimed
from .destination import Destination
from .errors import DestinationError, IncompleteSync
from .intake import Intaker
from .judgement import judge, particulars
from .ledger import Ledger
from .listing import Listing
from .memory import unhurried
from .options import Options, Write
from .prepare import Find, open_tables, shaping_of
from .progress import Progress
from .run import Run
from .verdict import Summary, Verdict
from .writer import Writer

log = logging.getLogger(__name__)

DEFAULTS = Options()
CLAIMED = 1000  # partitions claimed in one transaction
T = TypeVar("T")


@dataclass(frozen=True)
class Sync:
    """
    Syncs streams of one Airflow connection, named `connection`, into one destination.

    `secret` finds the keys that transforms name.
    """

    destination: Destination
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
        options.expect.check(stream)
        with self._named(), self.destination.connect() as conn, unhurried():
            run = self._begin(conn, stream, options)
            try:
                with self._named():
                    self._read(run, partitions)
                    judge(run)
            except ConnectorError as error:
                self._fail(run, str(error))
                raise
            self._close(run)
        return run.summary

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Turn what a driver raises into an error that says what became of the run."""
        try:
            yield
        except self.destination.dialect.errors as error:
            message = f"destination {self.destination!r}: {error}; what was committed before stays"
            raise DestinationError(message) from error

    def _read(self, run: Run, partitions: Iterable[Place | None]) -> None:
        """Read the records, and what else tells which of them are gone."""
        runs = [run, *(run.listed(*more) for more in listings(run.stream, run.options))]
        for some in batched(partitions, CLAIMED):
            for each in runs:
                Writer(each).write(claimed(each, some))

    def _begin(self, conn: Connection, stream: Stream, options: Options) -> Run:
        shaping = shaping_of(stream, options, self.secret)
        summary = Summary(stream.name, shaping.table, f"{stream.name}-{uuid4()}")
        ledger = Ledger(self.destination)
        with conn.begin():
            self.destination.dialect.lock(conn, self.destination.schema)
            ledger.create(conn)
            ledger.begin(conn, self.connection, summary)
            targets = open_tables(conn, self.destination, shaping, options.write)
        return Run(
            stream=stream,
            options=options,
            client=self.client,
            destination=self.destination,
            conn=conn,
            ledger=ledger,
            connection=self.connection,
            summary=summary,
            targets=targets,
            progress=Progress(stream.name),
            intaker=Intaker(stream, shaping, is_canonical=options.write is Write.APPEND or not stream.key),
            is_stopped=self.stopping.is_set,
            spent_before=replace(self.client.usage),
        )

    def _close(self, run: Run, **failed: str) -> None:
        """Write the last line of the account."""
        finished = {"finished_at": datetime.now(UTC), "error": None, **particulars(run), **failed}
        with run.conn.begin():
            run.ledger.account(run.conn, run.settle(run.summary), **finished)

    def _fail(self, run: Run, error: str) -> None:
        """Close the account of a failure, if the destination can still take it."""
        try:
            self._close(run, verdict="failed", error=error)
        except self.destination.dialect.errors as lost:
            log.warning("the account of %s could not be closed: %s", run.summary.run_id, lost)


def listings(stream: Stream, options: Options) -> Iterator[tuple[Stream, Listing]]:
    """What is to be read besides the records. Raises ConfigError for a sweep that cannot be."""
    if stream.removals and not options.is_backfill:
        yield stream.removals, Listing.REMOVALS
    if options.sweep:
        if not stream.sweep:
            raise ConfigError(
                f"{stream.name} has no cheap listing of its keys to sweep: use full_refresh=True"
            )
        yield stream.sweep, Listing.KEYS


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some


def require_complete(summary: Summary, *, accept: Iterable[str] = ()) -> None:
    """Raise IncompleteSync for a verdict that is neither complete nor accepted."""
    if summary.verdict is Verdict.COMPLETE or summary.verdict.value in set(accept):
        return
    reasons = "; ".join(summary.reasons)
    what = f"{summary.stream}: {summary.verdict.value}: {reasons}"
    message = f"{what}. What came is written; accept_verdicts=[…] lets it pass"
    raise IncompleteSync(message)
