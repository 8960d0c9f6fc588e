"""What all partitions of one run share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sqlalchemy.engine import Connection

from airflow_connectors.core import Client, Lookahead, Stream, Usage

from .destination import Destination
from .intake import Shaper
from .ledger import Ledger
from .options import Options
from .progress import Progress
from .tables import Tables
from .verdict import Summary


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
    tables: Tables
    progress: Progress
    shaper: Shaper
    is_stopped: Callable[[], bool]
    began: float = field(default_factory=time.monotonic)
    spent_before: Usage = field(init=False)

    def __post_init__(self) -> None:
        self.spent_before = replace(self.client.usage)

    readers: int = 1

    def sender(self) -> Lookahead:
        """A sender with this reader's share of the requests that may be under way at once."""
        return Lookahead(self.client.send, max(1, self.options.concurrency // self.readers))

    def settle(self, summary: Summary) -> Summary:
        """The account with what the client has spent by now."""
        usage, before = self.client.usage, self.spent_before
        summary.requests = usage.requests - before.requests
        summary.waited = round(usage.waited - before.waited, 3)
        summary.seconds = round(time.monotonic() - self.began, 3)
        return summary
