"""
Rejected records brought in after a fix, without a request.

    rejects, the newest first ─► read ─► staged ─► without those of which the table has newer ─► written
                                  │        │
                                  └────────┴► still bad: they stay, with the error of now

Each chunk is one transaction: its rows, the marks on its rejects, and the account.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.engine import Connection

from airflow_connectors.core import Client, ConfigError, Stream, Usage
from airflow_connectors.sync.destination import Destination
from airflow_connectors.sync.engine import DEFAULTS, batched
from airflow_connectors.sync.errors import DestinationError
from airflow_connectors.sync.extent import RunKind
from airflow_connectors.sync.ledger import Ledger
from airflow_connectors.sync.options import Options, Write
from airflow_connectors.sync.prepare import Find, open_tables, shaping_of
from airflow_connectors.sync.progress import Progress
from airflow_connectors.sync.run import Run
from airflow_connectors.sync.schema import schema_version
from airflow_connectors.sync.verdict import Doubt, Summary, Verdict

from .rejected import locked, settle, still_bad, unsettled
from .rereading import Rereader
from .sorting import Sorted, Sorting
from .standing import last_runs

CHUNK = 500
WRITTEN, SUPERSEDED = "written", "superseded"
NOWHERE = "https://nowhere.invalid"  # a replay asks nobody
ANY_TIME = datetime.min.replace(tzinfo=UTC)  # a window of its own: no state is used


@dataclass
class Replayed:
    """What became of a stream's rejects. `superseded` are those of which something newer has come since."""

    summary: Summary
    written: int = 0
    superseded: int = 0

    @property
    def still_bad(self) -> int:
        return self.summary.rejected

    def __str__(self) -> str:
        done = f"{self.written:,} written, {self.superseded:,} superseded, {self.still_bad:,} still bad"
        return "; ".join([f"{self.summary.table}: {done}", *self.summary.reasons])

    def as_dict(self) -> dict[str, Any]:
        counts = {"written": self.written, "superseded": self.superseded, "still_bad": self.still_bad}
        return {**self.summary.as_dict(), **counts}


@dataclass(frozen=True)
class Replay:
    """Takes the rejects of one Airflow connection's streams in one destination."""

    destination: Destination
    connection: str
    secret: Find | None = None

    def run(self, stream: Stream, options: Options = DEFAULTS) -> Replayed:
        """
        Take a stream's rejected records through the way of all records again, and nothing else.

        `stream` and `options` are those of the sync, as fixed. What cannot be read even now stays rejected,
        with its error of now. Nothing is written over a newer version, and a live run may go on meanwhile.
        """
        with self.destination.connect() as conn:
            try:
                return self._run(conn, stream, replace(options, since=ANY_TIME))
            except self.destination.dialect.errors as error:
                message = f"destination {self.destination!r}: {error}; rejects settled before stay so"
                raise DestinationError(message) from error

    def _run(self, conn: Connection, stream: Stream, options: Options) -> Replayed:
        table = options.table or stream.name
        result = Replayed(Summary(stream.name, table, f"{stream.name}-{uuid4()}"))
        with conn.begin():
            ledger = Ledger(self.destination)
            self.destination.dialect.lock(conn, self.destination.schema)
            ledger.create(conn)
            ids = unsettled(conn, ledger, self.connection, table)
            if not ids:
                return result
            self._require_shape(conn, ledger, table, options)
            ledger.begin(conn, self.connection, result.summary)
            sorting = self._sorting(conn, stream, options, ledger, result.summary)
        for chunk in batched(ids, CHUNK):
            self._take(sorting, chunk, result)
        self._close(conn, ledger, result, len(ids))
        return result

    def _require_shape(self, conn: Connection, ledger: Ledger, table: str, options: Options) -> None:
        """Raise ConfigError where the syncs have shaped the records and this replay would not."""
        is_shaped = options.transforms or options.route or options.children or options.keep_raw
        if not is_shaped and last_runs(conn, ledger).get((self.connection, table), {}).get("is_shaped"):
            message = (
                f"{table}: its syncs shape the records (transforms, route, …): give the same to the replay"
            )
            raise ConfigError(message)

    def _sorting(
        self, conn: Connection, stream: Stream, options: Options, ledger: Ledger, summary: Summary
    ) -> Sorting:
        shaping = shaping_of(stream, options, self.secret)
        targets = open_tables(conn, self.destination, shaping, options.write)
        rereader = Rereader(stream, shaping, options.write is Write.APPEND or not stream.key)
        run = Run(
            stream=rereader.kept.stream,
            options=options,
            client=Client(NOWHERE),
            destination=self.destination,
            conn=conn,
            ledger=ledger,
            connection=self.connection,
            summary=summary,
            targets=targets,
            progress=Progress(stream.name),
            intaker=rereader.kept,
            is_stopped=bool,
            spent_before=Usage(),
        )
        return Sorting(run, rereader)

    def _take(self, sorting: Sorting, ids: list[str], result: Replayed) -> None:
        """Settle some rejects in one transaction, or none of them."""
        run, conn, ledger = sorting.run, sorting.run.conn, sorting.run.ledger
        summary = replace(result.summary)
        with conn.begin():
            rejects = locked(conn, ledger, ids)
            if not rejects:
                return
            ledger.hold(conn, {reject.key for reject in rejects})
            sorted_ = sorting.write(rejects, summary)
            summary.rejected += len(sorted_.bad)
            version = schema_version(run.targets)
            self._mark(conn, ledger, sorted_, version)
            ledger.account(conn, run.settle(summary), kind=RunKind.REPLAY.value, schema_version=version)
        result.summary = summary
        result.written += len(sorted_.written)
        result.superseded += len(sorted_.superseded)
        for tables in run.targets.values():
            tables.sweep(conn)

    def _mark(self, conn: Connection, ledger: Ledger, sorted_: Sorted, version: str) -> None:
        settle(conn, ledger, sorted_.written, WRITTEN)
        settle(conn, ledger, sorted_.superseded, SUPERSEDED)
        still_bad(conn, ledger, sorted_.bad, version)

    def _close(self, conn: Connection, ledger: Ledger, result: Replayed, taken: int) -> None:
        bad = result.still_bad
        if bad:
            reason = f"{bad:,} of {taken:,} rejects are still bad: see their error in _sync_rejects"
            result.summary.doubt(Doubt(Verdict.PARTIAL, reason))
        with conn.begin():
            ledger.account(conn, result.summary, finished_at=datetime.now(UTC))
