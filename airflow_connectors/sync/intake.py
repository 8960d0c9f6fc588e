"""From pages to rows, on the threads that read: decoding goes on while the database works."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from threading import Lock
from typing import Any

import msgspec

from airflow_connectors.core import DataError, Page, Record, Stream, dig

from .batch import Batch, Reject, batch
from .hashes import raw_hashes, row_hash
from .kinds import Kind
from .listing import Listing
from .names import columns_of, folded
from .typed import Layout, TypedDecoder, is_decodable

encode = msgspec.json.Encoder().encode
MISSES = 20  # pages that teach nothing new and yet do not fit: a stream of mixed types


@dataclass(frozen=True)
class Intake:
    """A page's rows and what else must be known of it, without its text."""

    page: Page
    count: int = 0
    batch: Batch | None = None
    positions: Sequence[datetime] = ()
    rejects: Sequence[Reject] = ()


@dataclass
class Shaper:
    """
    Turns pages into rows, and learns from each what fields there are. Safe to use from several threads.

    `kinds` are the table's columns. `is_canonical` takes hashes that do not depend on the order of fields,
    for tables in which the hash is what tells rows apart. Of a listing that is not of records only the keys
    are kept. The hash of what is deleted is None.
    """

    stream: Stream
    kinds: dict[str, Kind]
    is_canonical: bool = False
    listing: Listing = Listing.RECORDS
    names: dict[str, str] = field(default_factory=dict)
    layout: Layout = field(init=False)
    decoder: TypedDecoder | None = None
    misses: int = 0
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        lift = self.stream.lift
        self.layout = Layout({}, {} if lift else None, lift, self.stream.key)

    @property
    def is_plain(self) -> bool:
        """Whether every record becomes a row as it comes."""
        return not (self.is_canonical or self.stream.tombstone) and self.listing is Listing.RECORDS

    @property
    def _partition_field(self) -> str:
        return f"_{self.stream.partition.name}" if self.stream.partition else ""

    def column(self, name: str) -> str:
        """The column that a field's values are in."""
        return self.names.get(name) or folded(name)

    def take(self, page: Page) -> Intake:
        """The page's good records as rows, its bad ones as rejects."""
        if not page.count:
            return Intake(_bare(page))
        intake = self._typed(page) if self.is_plain else None
        if intake is None:
            with self.lock:
                intake = self._general(page)
        return intake

    def _typed(self, page: Page) -> Intake | None:
        """The fast way; None where it does not lead."""
        decoder, raws = self.decoder, page.raws
        if decoder is None or raws is None:
            return None
        try:
            values = decoder.columns(raws)
            positions = self._positions(values) if self.stream.cursor else ()
        except (msgspec.ValidationError, DataError, KeyError):
            return None
        kinds = {self.names[name]: kind for name, kind in decoder.kinds.items() if kind}
        columns = list(values.values())
        if self._partition_field:
            kinds[self.names[self._partition_field]] = Kind.TEXT
            columns.append([page.partition] * len(raws))
        rows = list(zip(*columns, *self._marks(raw_hashes(raws, page.partition)), strict=False))
        return Intake(_bare(page), page.count, Batch(kinds, rows), positions)

    def _marks(self, hashes: Sequence[int | None]) -> tuple[Sequence[int | None], Iterable[int]]:
        # The clock numbers the rows: it goes on where an interrupted run stopped.
        now = time.time_ns()
        return hashes, range(now, now + len(hashes))

    def _positions(self, values: Mapping[str, Sequence[Any]]) -> list[datetime]:
        """Where the records stand in the cursor's order. KeyError where its field is none of theirs."""
        cursor = self.stream.cursor
        if cursor is None:
            return []
        path = cursor.field.removeprefix(f"{self.stream.lift}.") if self.stream.lift else cursor.field
        name, _, inner = path.partition(".")
        found: Iterable[Any] = values[name]
        if inner:
            found = (dig(msgspec.json.decode(value or b"null"), inner, None) for value in found)
        return [value if isinstance(value, datetime) else cursor.moment(value) for value in found]

    def _general(self, page: Page) -> Intake:
        """The way for all records: decoded one by one, sifted, and learned from."""
        sifted = sift(self.stream, page, self._hashes(page))
        if not sifted.records:
            return Intake(_bare(page), page.count, None, sifted.positions, sifted.rejects)
        if self.listing is not Listing.RECORDS:
            sifted.records = [{name: record[name] for name in self.stream.key} for record in sifted.records]
        fields = dict.fromkeys(chain.from_iterable(sifted.records))
        if not fields.keys() <= self.names.keys():
            found = columns_of({**self.names, **fields})
            self.names = {name: column for column, name in found.items()}
        rows = batch(sifted.records, self.names, self.kinds, self._marks(sifted.hashes))
        self.kinds.update(rows.kinds)
        if self.is_plain and page.raws is not None:
            self._learn(page.heads)
        return Intake(_bare(page), page.count, rows, sifted.positions, sifted.rejects)

    def _hashes(self, page: Page) -> Sequence[int | None]:
        if self.listing is Listing.REMOVALS:
            return [None] * len(page.records)
        if page.raws is None or self.is_canonical:
            hashes = [row_hash(record) for record in page.records]
        else:
            hashes = raw_hashes(page.raws, page.partition)
        return self._buried(page, hashes) if self.stream.tombstone else hashes

    def _buried(self, page: Page, hashes: Sequence[int]) -> Sequence[int | None]:
        is_dead = self.stream.is_deleted
        heads = page.records if self.stream.follow else page.heads
        return [None if is_dead(head) else found for head, found in zip(heads, hashes, strict=True)]

    def _learn(self, heads: Sequence[Record]) -> None:
        """Make a decoder for records like these and all before."""
        lift, before = self.stream.lift, self.layout
        lifted = [head[lift] for head in heads if isinstance(head.get(lift), dict)]
        outer = self._kinds_of({**before.fields, **dict.fromkeys(chain.from_iterable(heads))})
        inner = self._kinds_of({**(before.lifted or {}), **dict.fromkeys(chain.from_iterable(lifted))})
        for name in (lift, self._partition_field):  # neither is a field of the record as it came
            outer.pop(name, None)
        self.layout = Layout(outer, inner if lift else None, lift, self.stream.key)
        self.misses += self.layout == before
        is_plain = outer.keys().isdisjoint(inner) and is_decodable([*outer, *inner])
        is_typed = is_plain and self.misses < MISSES
        self.decoder = TypedDecoder(self.layout) if is_typed else None

    def _kinds_of(self, fields: Iterable[str]) -> dict[str, Kind | None]:
        return {name: self.kinds.get(self.names.get(name, "")) for name in fields}


@dataclass
class Sifted:
    """A page's good records with their hashes and positions, and its rejects."""

    records: list[Record] = field(default_factory=list)
    hashes: list[int | None] = field(default_factory=list)
    positions: list[datetime] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def sift(stream: Stream, page: Page, hashes: Sequence[int | None]) -> Sifted:
    """Part a page's records into those with a key and a cursor, and those without."""
    sifted = Sifted()
    if stream.follow and stream.cursor:
        sifted.positions = [stream.cursor.of(head) for head in page.heads]
    heads = page.records if stream.follow else page.heads
    for head, record, hash_ in zip(heads, page.records, hashes, strict=True):
        try:
            _require_key(stream, record)
            if stream.cursor and not stream.follow:
                sifted.positions.append(stream.cursor.of(head))
        except DataError as error:
            sifted.rejects.append(Reject(str(error), encode(record).decode()))
        else:
            sifted.records.append(record)
            sifted.hashes.append(hash_)
    return sifted


def _require_key(stream: Stream, record: Record) -> None:
    for name in stream.key:
        if record.get(name) is None:
            raise DataError(f"{stream.name}: a record has no {name!r}, which is part of its primary key")


def _bare(page: Page) -> Page:
    """The page without its records, which would keep its whole text in memory."""
    return replace(page, raws=None, listed=[], followed=None, expected=())
