"""From pages to rows, on the threads that read: decoding goes on while the database works."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from threading import Lock
from typing import Any

import msgspec

from airflow_connectors.core import DataError, Page, Record, Stream, dig
from airflow_connectors.core.partitions import title

from .batch import Batch, Reject
from .hashes import raw_hashes, row_hash
from .kinds import Kind
from .listing import Listing
from .shaping import Shaping
from .sifting import sift
from .typed import Layout, TypedDecoder, is_decodable

MISSES = 20  # pages that teach nothing new and yet do not fit: a stream of mixed types


@dataclass(frozen=True)
class Intake:
    """A page's rows by table, and what else must be known of it, without its text."""

    page: Page
    count: int = 0
    batches: Sequence[tuple[str, Batch]] = ()
    positions: Sequence[datetime] = ()
    rejects: Sequence[Reject] = ()


@dataclass
class Intaker:
    """
    Turns pages into rows, and learns from each what fields there are. Safe to use from several threads.

    Of a listing that is not of records only the keys are kept. `is_canonical` takes hashes that do not depend
    on the order of fields, for tables in which the hash is what tells rows apart.
    """

    stream: Stream
    shaping: Shaping
    is_canonical: bool = False
    listing: Listing = Listing.RECORDS
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
        is_shaped = self.is_canonical or self.stream.tombstone or self.shaping.is_needed
        return not is_shaped and self.listing is Listing.RECORDS

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
            positions = self._positions(values)
        except (msgspec.ValidationError, DataError, KeyError):
            return None
        rows = self._rows(values, decoder.kinds, page, raw_hashes(raws, title(page.partition)))
        return Intake(_bare(page), page.count, [(self.shaping.table, rows)], positions)

    def _rows(
        self,
        values: Mapping[str, Sequence[Any]],
        found: Mapping[str, Kind | None],
        page: Page,
        hashes: Sequence[int],
    ) -> Batch:
        names = self.shaping.fields.names
        kinds = {names[name]: kind for name, kind in found.items() if kind}
        columns = list(values.values())
        for name, value in self._marks(page).items():
            kinds[names[name]] = Kind.TEXT
            columns.append([value] * len(hashes))
        return Batch(kinds, list(zip(*columns, hashes, _sequence(len(hashes)), strict=True)))

    def _marks(self, page: Page) -> Mapping[str, str]:
        return self.stream.partition.marks(page.partition) if self.stream.partition else {}

    def _positions(self, values: Mapping[str, Sequence[Any]]) -> list[datetime]:
        """Where the records stand in the cursor's order. KeyError where its field is none of theirs."""
        cursor = self.stream.cursor
        if cursor is None:
            return []
        path = cursor.field.removeprefix(f"{self.stream.lift}.") if self.stream.lift else cursor.field
        name, _, inner = path.partition(".")
        found = values[name]
        if inner:
            found = [dig(msgspec.json.decode(value or b"null"), inner, None) for value in found]
        return [value if isinstance(value, datetime) else cursor.moment(value) for value in found]

    def _general(self, page: Page) -> Intake:
        """The way for all records: decoded one by one, sifted, shaped, and learned from."""
        sifted = sift(self.stream, page, self._hashes(page), self.shaping.raw)
        if self.listing is not Listing.RECORDS:
            sifted.records = [{name: record[name] for name in self.stream.key} for record in sifted.records]
        batches, refused = self.shaping.rows(sifted.records, sifted.hashes, _sequence(len(sifted.records)))
        if self.is_plain and page.raws is not None:
            self._learn(page.heads)
        return Intake(_bare(page), page.count, batches, sifted.positions, [*sifted.rejects, *refused])

    def _hashes(self, page: Page) -> Sequence[int | None]:
        if self.listing is Listing.REMOVALS:
            return [None] * len(page.records)
        if page.raws is None or not (self.is_plain or self.stream.tombstone):
            hashes = [row_hash(record) for record in page.records]
        else:
            hashes = raw_hashes(page.raws, title(page.partition))
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
        for name in (lift, *self.stream.partition_fields):  # neither is a field of the record as it came
            outer.pop(name, None)
        self.layout = Layout(outer, inner if lift else None, lift, self.stream.key)
        self.misses += self.layout == before
        is_plain = outer.keys().isdisjoint(inner) and is_decodable([*outer, *inner])
        is_typed = is_plain and self.misses < MISSES
        self.decoder = TypedDecoder(self.layout) if is_typed else None

    def _kinds_of(self, names: Mapping[str, Any]) -> dict[str, Kind | None]:
        fields = self.shaping.fields
        return {name: fields.kinds.get(fields.names.get(name, "")) for name in names}


def _sequence(count: int) -> range:
    # The clock numbers the rows: it goes on where an interrupted run stopped.
    now = time.time_ns()
    return range(now, now + count)


def _bare(page: Page) -> Page:
    """The page without its records, which would keep its whole text in memory."""
    return replace(page, raws=None, listed=[], followed=None, expected=())
