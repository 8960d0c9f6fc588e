"""What a destination tells before a run begins: where its partitions stand, and what earlier runs took."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from airflow_connectors.core import Stream
from airflow_connectors.sync.destination import Destination
from airflow_connectors.sync.engine import batched
from airflow_connectors.sync.extent import Extent, RunKind
from airflow_connectors.sync.history import Account, comparable
from airflow_connectors.sync.ledger import Key, Ledger, State, state_of
from airflow_connectors.sync.names import digest
from airflow_connectors.sync.options import Options
from airflow_connectors.sync.prepare import Find, open_tables, shaping_of
from airflow_connectors.sync.shaping import Shaping
from airflow_connectors.sync.tables import Tables
from airflow_connectors.sync.write import live_rows

from .looking import has_table, looking

CHUNK = 1000
LEDGER = ("state", "runs", "rejects", "columns")
NEW = State(epoch=0)
SIMILAR = {RunKind.BACKFILL: RunKind.INCREMENTAL, RunKind.RESUMED: RunKind.INCREMENTAL}


@dataclass
class Survey:
    """The states, the table as it is, and runs to judge by; `absent` are the ledger's tables to make."""

    shaping: Shaping
    targets: Mapping[str, Tables] = field(default_factory=dict)
    kind: RunKind = RunKind.FIRST
    states: Mapping[str, State] = field(default_factory=dict)
    runs: Sequence[Account] = ()
    rows: int = 0
    absent: Sequence[str] = ()
    is_lost: bool = False

    @property
    def has_tables(self) -> bool:
        return any(tables.target is not None for tables in self.targets.values())


@dataclass(frozen=True)
class Surveyor:
    """Looks at one stream's place in a destination, for a run with these options."""

    destination: Destination
    connection: str
    stream: Stream
    options: Options
    secret: Find | None = None

    @property
    def table(self) -> str:
        return self.options.table or self.stream.name

    def survey(self, partitions: Sequence[str]) -> Survey:
        found = Survey(shaping_of(self.stream, self.options, self.secret))
        with looking(self.destination) as conn:
            ledger = Ledger(self.destination)
            found.absent = [name for name in LEDGER if not (conn and has_table(conn, getattr(ledger, name)))]
            found.targets = self._unopened(found.shaping)
            if conn is not None and not found.absent:
                found.targets = open_tables(conn, self.destination, found.shaping, self.options.write)
                self._look(conn, ledger, partitions, found)
            found.kind = self._kind(found, partitions)
            if conn is not None and not found.absent:
                found.runs = self._runs(conn, ledger, found.kind)
                found.rows = 0 if found.runs else self._rows(conn, found)
        return found

    def _unopened(self, shaping: Shaping) -> dict[str, Tables]:
        return {
            name: Tables(self.destination, name, tuple(key), self.options.write)
            for name, key in shaping.keys.items()
        }

    def _look(self, conn: Connection, ledger: Ledger, partitions: Sequence[str], found: Survey) -> None:
        states = dict(self._states(conn, ledger, partitions))
        if not found.has_tables:  # as a run would: it reads from the beginning
            found.is_lost = any(state.cursor or state.resume for state in states.values())
            states = {}
        found.states = {name: self._going_on(conn, found, name, state) for name, state in states.items()}

    def _states(
        self, conn: Connection, ledger: Ledger, partitions: Sequence[str]
    ) -> Iterator[tuple[str, State]]:
        state = ledger.state.c
        mine = (state.connection == self.connection, state.stream == self.table)
        for some in batched(partitions, CHUNK):
            for row in conn.execute(sa.select(ledger.state).where(*mine, state.partition.in_(some))):
                yield row.partition, state_of(row)

    def _going_on(self, conn: Connection, found: Survey, partition: str, state: State) -> State:
        """The state without an interrupted window that the run would give up."""
        if self.options.is_backfill:
            return NEW
        if state.resume is None:
            return state
        is_snapshot = self.options.is_snapshot_of(self.stream)
        suffix = digest(str(Key(self.connection, self.table, partition)))
        is_there = not is_snapshot or any(
            tables.has_durable_stage(conn, suffix) for tables in found.targets.values()
        )
        is_alike = state.resume.is_snapshot == is_snapshot
        return state if is_alike and is_there else replace(state, resume=None)

    def _rows(self, conn: Connection, found: Survey) -> int:
        return sum(live_rows(conn, tables, {}) for tables in found.targets.values() if not tables.parent)

    def _kind(self, found: Survey, partitions: Sequence[str]) -> RunKind:
        extent = Extent()
        for name in partitions:
            state = found.states.get(name, NEW)
            extent.add(state, state.resume)
        return extent.kind(self.stream, self.options)

    def _runs(self, conn: Connection, ledger: Ledger, kind: RunKind) -> list[Account]:
        """Runs of the kind; where there are none to compare with, those most like it."""
        alike = {"connection": self.connection, "stream": self.stream.name, "table_name": self.table}
        return comparable(conn, ledger, "", {**alike, "kind": SIMILAR.get(kind, kind).value})
