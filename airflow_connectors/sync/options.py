"""How a stream is to be synced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from airflow_connectors.core import Stream

from .expectations import Anomalies, Expect


class Write(StrEnum):
    """
    The write disposition.

    MERGE updates rows by primary key. REPLACE reads everything and removes what is gone. APPEND keeps every
    version of a record as a row of its own, and no version twice. SCD2 does so too, and notes from when until
    when each version was valid.
    """

    MERGE = "merge"
    REPLACE = "replace"
    APPEND = "append"
    SCD2 = "scd2"


@dataclass(frozen=True, kw_only=True)
class Options:
    """
    How to sync. The defaults are an incremental merge that marks deleted rows.

    `since` and `until` read a window of their own, without using or moving the state (a backfill).
    `full_refresh` reads everything again; `sweep` reads the keys only, to find what was deleted.
    `max_rejects` is how many bad records a run may set aside. `allow_shrink` lets a complete reading remove
    any share of the rows. `expect` is what has to be so after a run, `anomalies` what is done about a run
    that is unlike those before it.
    `commit_bytes` is how much of the service's JSON is collected before it is committed, for `commit_seconds`
    at most; it bounds the memory and what a crash costs. `concurrency` is how many requests may be under way
    at once, where partitions or numbered pages allow more than one.

    What records become is said by `transforms`, `route`, `children` and `contract`, values of `sync.shape` or
    plain data, and by `keep_raw`, which keeps each record's JSON in a column `_raw`.
    """

    write: Write = Write.MERGE
    table: str = ""
    since: datetime | None = None
    until: datetime | None = None
    full_refresh: bool = False
    hard_delete: bool = False
    sweep: bool = False
    max_rejects: int = 0
    allow_shrink: bool = False
    commit_bytes: int = 8 * 2**20
    commit_seconds: float = 60.0
    concurrency: int = 4
    expect: Expect = field(default_factory=Expect)
    anomalies: Anomalies = Anomalies.WARN
    transforms: Sequence[Any] = ()
    route: Any = None
    children: Any = None
    contract: Any = None
    keep_raw: bool = False

    @property
    def is_backfill(self) -> bool:
        return self.since is not None or self.until is not None

    def is_snapshot_of(self, stream: Stream) -> bool:
        """Whether a run reads the whole stream, so that what it does not show is gone."""
        if self.is_backfill or self.write is Write.APPEND:
            return False
        return self.full_refresh or self.write is Write.REPLACE or (not stream.cursor and stream.deletes)

    @property
    def removes_rows(self) -> bool:
        return self.hard_delete or self.write is Write.REPLACE
