"""What kind of run it is, and over how much: only runs that are alike can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from airflow_connectors.core import Stream

from .ledger import Resume, State
from .options import Options


class RunKind(StrEnum):
    """
    What a run reads: all there is for the first time, what is new, the whole stream every time, the rest of
    an interrupted run, a window of its own, or its rejected records again.
    """

    FIRST = "first"
    INCREMENTAL = "incremental"
    FULL = "full"
    RESUMED = "resumed"
    BACKFILL = "backfill"
    REPLAY = "replay"


@dataclass
class Extent:
    """
    The partitions of a run: how many, how many with a cursor or a validator to go on from, and how many were
    under way.

    `unmodified` are those that the service said had not changed.
    """

    partitions: int = 0
    known: int = 0
    resumed: int = 0
    unmodified: int = 0

    def add(self, state: State, resume: Resume | None) -> None:
        self.partitions += 1
        self.known += bool(state.cursor or state.etag)
        self.resumed += resume is not None

    def kind(self, stream: Stream, options: Options) -> RunKind:
        if options.is_backfill:
            return RunKind.BACKFILL
        if self.resumed:
            return RunKind.RESUMED
        if options.is_snapshot_of(stream) or not stream.cursor:
            return RunKind.FULL
        return RunKind.INCREMENTAL if self.known else RunKind.FIRST
