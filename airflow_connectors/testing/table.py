"""The records of one stream and partition, kept in the order in which the service lists them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from threading import Lock
from typing import Any, NamedTuple
from zlib import crc32

import msgspec

from airflow_connectors.core import Order, Record, Stream
from airflow_connectors.core.stream import lifted

Key = tuple[Any, ...]
Rank = tuple[int, int]
encode = msgspec.json.Encoder().encode
rank_of = attrgetter("rank")


class Row(NamedTuple):
    """A record, encoded once. `shown` is what lists show of it; `moment` its cursor in microseconds."""

    rank: Rank
    key: Key
    raw: bytes
    shown: bytes
    moment: int
    checksum: int

    @property
    def record(self) -> Record:
        found: Record = msgspec.json.decode(self.raw)
        return found


@dataclass(frozen=True)
class Listing:
    """A snapshot: `span` are the places in `rows` of those asked for, in the order they are served."""

    rows: Sequence[Row]
    span: Sequence[int]
    is_descending: bool = False

    def __len__(self) -> int:
        return len(self.span)

    def slice(self, start: int, size: int) -> list[Row]:
        return [self.rows[place] for place in self.span[start : start + size]]

    def after(self, rank: Rank) -> int:
        """Where in the span the rows behind a rank begin; the row of that rank may have gone."""
        if self.is_descending:
            before = bisect_left(self.rows, rank, key=rank_of)
            return bisect_right(self.span, -before, key=lambda place: -place)
        return bisect_left(self.span, bisect_right(self.rows, rank, key=rank_of))

    def where(self, is_wanted: Callable[[Record], bool]) -> Listing:
        kept = [place for place in self.span if is_wanted(self.rows[place].record)]
        return Listing(self.rows, kept, self.is_descending)


class Table:
    """Rows that are replaced and never changed, so that a page is a snapshot while others write."""

    def __init__(self, stream: Stream, reference: Callable[[Record], Record]) -> None:
        self.stream = stream
        self._reference = reference
        self._cursor = stream.cursor
        self._is_ordered = stream.order is not Order.NONE
        self._rows: list[Row] = []
        self._by_key: dict[Key, Row] = {}
        self._lock = Lock()
        self.numbered = 0

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def keys(self) -> list[Key]:
        return list(self._by_key)

    @property
    def records(self) -> list[Record]:
        return [row.record for row in self._rows]

    def find(self, key: Any) -> Record | None:
        row = self._by_key.get(key if isinstance(key, tuple) else (key,))
        return row.record if row else None

    def key(self, record: Record) -> Key:
        """The primary key, without the partition, in which all records of a table agree."""
        found = lifted(record, self.stream.lift) if self.stream.lift else record
        return tuple(found[name] for name in self.stream.key if name in found)

    def write(self, put: Iterable[Record] = (), drop: Iterable[Key] = ()) -> None:
        """Put records in place of those with the same key, and take others away."""
        with self._lock:
            for key in drop:
                del self._by_key[key]
            for record in put:
                row = self._row(record)
                self._by_key[row.key] = row
            self._rows = sorted(self._by_key.values(), key=rank_of)

    def _row(self, record: Record) -> Row:
        key, shown = self.key(record), self._reference(record)
        moment = _microseconds(self._cursor.of(shown)) if self._cursor else 0
        raw = encode(record)
        seen = raw if shown is record else encode(shown)
        return Row(
            (moment if self._is_ordered else 0, self._number(key)), key, raw, seen, moment, crc32(seen)
        )

    def _number(self, key: Key) -> int:
        if key in self._by_key:
            return self._by_key[key].rank[1]
        self.numbered += 1
        return self.numbered

    def replace_text(self, old: bytes, new: bytes) -> None:
        """Replace text in every record, such as the address it is served from."""
        with self._lock:
            for key, row in self._by_key.items():
                raw = row.raw.replace(old, new)
                shown = raw if row.shown is row.raw else row.shown.replace(old, new)
                self._by_key[key] = row._replace(raw=raw, shown=shown, checksum=crc32(shown))
            self._rows = sorted(self._by_key.values(), key=rank_of)

    def listing(self, since: datetime | None = None, until: datetime | None = None) -> Listing:
        """What lies in a window, both ends included, in the stream's order."""
        rows, is_descending = self._rows, self.stream.order is Order.NEWEST_FIRST
        low = _microseconds(since) if since else None
        high = _microseconds(until) if until else None
        span = self._between(rows, low, high)
        return Listing(rows, span[::-1] if is_descending else span, is_descending)

    def _between(self, rows: list[Row], low: int | None, high: int | None) -> Sequence[int]:
        if self._is_ordered:
            first = 0 if low is None else bisect_left(rows, (low, 0), key=rank_of)
            last = len(rows) if high is None else bisect_left(rows, (high + 1, 0), key=rank_of)
            return range(first, max(first, last))
        return [place for place, row in enumerate(rows) if _is_between(row.moment, low, high)]


def _is_between(moment: int, low: int | None, high: int | None) -> bool:
    return (low is None or moment >= low) and (high is None or moment <= high)


def _microseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)
