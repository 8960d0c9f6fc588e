"""What is synced, in every way there is to sync it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from airflow_connectors.core import Cursor, NextToken, Order, Param, Partition, Stream, epoch
from airflow_connectors.sync import Options, Write

from .world import LOOKBACK

SIZE = 25
CURSOR = Cursor(
    field="updated_at",
    since=Param("since", epoch),
    order=Order.OLDEST_FIRST,
    lookback=timedelta(seconds=LOOKBACK),
)
BOXES = ("a", "b c", "d")


@dataclass(frozen=True)
class Kind:
    """A way of syncing: how the stream is declared, how it is written, and what its world may do."""

    name: str
    write: Write = Write.MERGE
    has_cursor: bool = True
    boxes: tuple[str, ...] = ("",)
    updates: bool = True
    deletes: bool = True

    @property
    def over(self) -> str:
        """The column that says since when a row is no longer true."""
        return "_valid_to" if self.write is Write.SCD2 else "_deleted_at"

    @property
    def is_snapshot(self) -> bool:
        return not self.has_cursor

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that no two rows may share."""
        if self.write is Write.APPEND:
            return ("id", "version")
        return ("id",) if self.boxes == ("",) else ("_box", "id")

    def key_of(self, box: str, record: dict[str, Any]) -> tuple[Any, ...]:
        """A record's values of those columns."""
        return tuple({**record, "_box": box}[key] for key in self.keys)

    def stream(self, world: str) -> Stream:
        is_parted = self.boxes != ("",)
        return Stream(
            name="things",
            path=f"/{world}/{{box}}" if is_parted else f"/{world}/",
            partition=Partition("box", option="boxes") if is_parted else None,
            primary_key=("_box", "id") if is_parted else "id",
            records="things",
            pages=NextToken("next", "after", ("limit", SIZE)),
            cursor=CURSOR if self.has_cursor else None,
        )

    def options(self, commit_bytes: int) -> Options:
        return Options(write=self.write, commit_bytes=commit_bytes)

    @property
    def world(self) -> dict[str, Any]:
        return {
            "boxes": self.boxes,
            "in_time": self.has_cursor,
            "updates": self.updates,
            "deletes": self.deletes,
        }


KINDS = (
    Kind("merge"),
    Kind("snapshot", has_cursor=False),
    Kind("append", write=Write.APPEND, deletes=False),
    Kind("partitions", boxes=BOXES),
    Kind("replace", write=Write.REPLACE, has_cursor=False),
    Kind("history", write=Write.SCD2, deletes=False),
    Kind("partitioned snapshot", has_cursor=False, boxes=BOXES),
)
