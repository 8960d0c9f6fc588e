"""Records turned into rows, a page at a time and by column: no dispatch per value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha1
from itertools import chain
from typing import Any

import msgspec

from airflow_connectors.core import DataError, Page, Record, Stream

from .kinds import Kind, kind_of
from .names import ROW_HASH, SEQUENCE, columns_of

encode = msgspec.json.Encoder().encode
encode_sorted = msgspec.json.Encoder(order="deterministic").encode


@dataclass(frozen=True)
class Reject:
    """A record that cannot be stored, and why."""

    error: str
    raw: str


@dataclass(frozen=True)
class Batch:
    """Rows of one set of columns. `kinds` holds what the values were found to be."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    kinds: Mapping[str, Kind]


@dataclass
class Sifted:
    """A page's good records with their positions, and its rejects."""

    records: list[Record] = field(default_factory=list)
    positions: list[datetime] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def sift(stream: Stream, page: Page) -> Sifted:
    """Part a page's records into those with a key and a cursor, and those without."""
    sifted = Sifted()
    if stream.follow or not stream.cursor:
        sifted.positions = [stream.cursor.of(head) for head in page.heads] if stream.cursor else []
    for head, record in zip(page.records if stream.follow else page.heads, page.records, strict=True):
        try:
            _require_key(stream, record)
            if stream.cursor and not stream.follow:
                sifted.positions.append(stream.cursor.of(head))
        except DataError as error:
            sifted.rejects.append(Reject(str(error), encode(record).decode()))
        else:
            sifted.records.append(record)
    return sifted


def _require_key(stream: Stream, record: Record) -> None:
    for name in stream.key:
        if record.get(name) is None:
            raise DataError(f"{stream.name}: a record has no {name!r}, which is part of its primary key")


def row_hash(record: Record) -> int:
    """64 bits that change when anything in the record does, whatever the order of its fields."""
    content = sha1(encode_sorted(record), usedforsecurity=False).digest()
    return int.from_bytes(content[:8], "big", signed=True)


def batch(records: Sequence[Record], known: Mapping[str, Kind], sequence: int) -> Batch:
    """The records as rows of all `known` columns and those that they add; `sequence` numbers the first."""
    names = columns_of(dict.fromkeys(chain.from_iterable(records)))
    values = {column: [record.get(name) for record in records] for column, name in names.items()}
    kinds = {column: kind for column in values if (kind := kind_of(values[column], known.get(column)))}
    columns = [column for column in kinds if column in values]
    stored = [_stored(values[column], kinds[column]) for column in columns]
    stored += [[row_hash(record) for record in records], list(range(sequence, sequence + len(records)))]
    return Batch((*columns, ROW_HASH, SEQUENCE), list(zip(*stored, strict=True)), kinds)


def _stored(values: list[Any], kind: Kind) -> list[Any]:
    """Values as a destination's driver takes them for a column of that kind."""
    if kind is Kind.JSON:
        return [None if value is None else encode(value).decode() for value in values]
    if kind is Kind.TEXT and not all(type(value) is str for value in values if value is not None):
        return [
            value if value is None or isinstance(value, str) else encode(value).decode() for value in values
        ]
    return values


def joined(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Batches with equal columns in a row, made one, so that a bulk load is one statement."""
    current: Batch | None = None
    for following in batches:
        if current and current.columns == following.columns:
            current.rows.extend(following.rows)
        else:
            if current:
                yield current
            current = following
    if current:
        yield current
