"""What all partitions of one run share."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy.engine import Connection

from airflow_connectors.core import Client, Lookahead, Place, Stream, Usage
from airflow_connectors.core.partitions import title

from .destination import Destination
from .extent import Extent
from .intake import Intaker
from .ledger import Key, Ledger
from .listing import Listing
from .options import Options, Write
from .progress import Progress
from .tables import Tables
from .verdict import Summary
from .write import Written, append, merge, scd2


@dataclass
class Run:
    """One run of one stream: its connections on both sides, its tables and its account."""

    stream: Stream
    options: Options
    client: Client
    destination: Destination
    conn: Connection
    ledger: Ledger
    connection: str
    summary: Summary
    targets: Mapping[str, Tables]
    progress: Progress
    intaker: Intaker
    is_stopped: Callable[[], bool]
    spent_before: Usage
    listing: Listing = Listing.RECORDS
    extent: Extent = field(default_factory=Extent)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    began: float = field(default_factory=time.monotonic)
    readers: int = 1

    @property
    def has_tables(self) -> bool:
        """Whether anything was ever written."""
        return any(tables.target is not None for tables in self.targets.values())

    def sender(self) -> Lookahead:
        """A sender with this reader's share of the requests that may be under way at once."""
        return Lookahead(self.client.send, max(1, self.options.concurrency // self.readers))

    @property
    def state_name(self) -> str:
        """Under which the state is kept: a listing of keys or removals has one of its own."""
        table = self.summary.table
        return table if self.listing is Listing.RECORDS else f"{table}#{self.listing.value}"

    def key(self, partition: Place | None) -> Key:
        """Whose state a partition's is."""
        return Key(self.connection, self.state_name, title(partition))

    def listed(self, stream: Stream, listing: Listing) -> Run:
        """The same run, on a listing that tells more about the same table."""
        intaker = replace(self.intaker, stream=stream, listing=listing)
        return replace(self, stream=stream, listing=listing, intaker=intaker)

    def write_staged(self, tables: Tables, *, is_unique: bool) -> Written:
        """Bring the staged rows into their table, the way this run writes."""
        how, conn, dialect = self.options.write, self.conn, self.destination.dialect
        if how is Write.SCD2:
            return scd2(conn, dialect, tables, is_unique=is_unique, now=datetime.now(UTC))
        write = append if how is Write.APPEND else merge
        return write(conn, dialect, tables, is_unique=is_unique)

    def settle(self, summary: Summary) -> Summary:
        """The account with what the client has spent by now."""
        usage, before = self.client.usage, self.spent_before
        summary.requests = usage.requests - before.requests
        summary.waited = round(usage.waited - before.waited, 3)
        summary.seconds = round(time.monotonic() - self.began, 3)
        return summary
