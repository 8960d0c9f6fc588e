"""What those who read for one run share, wherever its records go."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self

from airflow_connectors.core import Client, Lookahead, Place, Stream, Usage
from airflow_connectors.core.partitions import title

from .extent import Extent
from .intake import Intaker
from .ledger import Key
from .listing import Listing
from .options import Options
from .progress import Progress
from .verdict import Summary


@dataclass(kw_only=True)
class Reading:
    """One run of one stream, on the side of the service."""

    stream: Stream
    options: Options
    client: Client
    connection: str
    summary: Summary
    progress: Progress
    intaker: Intaker
    is_stopped: Callable[[], bool]
    spent_before: Usage
    listing: Listing = Listing.RECORDS
    extent: Extent = field(default_factory=Extent)
    began: float = field(default_factory=time.monotonic)
    readers: int = 1

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

    def listed(self, stream: Stream, listing: Listing) -> Self:
        """The same run, on a listing that tells more about the same table."""
        intaker = replace(self.intaker, stream=stream, listing=listing)
        return replace(self, stream=stream, listing=listing, intaker=intaker)

    def settle(self, summary: Summary) -> Summary:
        """An account of this run with what its client has spent by now."""
        usage, before = self.client.usage, self.spent_before
        summary.requests = usage.requests - before.requests
        summary.waited = round(usage.waited - before.waited, 3)
        summary.seconds = round(time.monotonic() - self.began, 3)
        return summary
