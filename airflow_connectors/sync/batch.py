"""Rows of one table, by column: what a destination loads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from operator import itemgetter
from typing import Any

import msgspec

from airflow_connectors.core import Record

from .kinds import Kind, kind_of, widened
from .names import ROW_HASH, SEQUENCE

encode = msgspec.json.Encoder(decimal_format="number").encode
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Reject:
    """A record that cannot be stored, and why."""

    error: str
    raw: str


@dataclass(frozen=True)
class Batch:
    """
    Rows of one set of columns, the last of which are the row's hash and its place in the order of arrival.

    Values are what drivers take: aware datetimes, and JSON as bytes.
    """

    kinds: Mapping[str, Kind]
    rows: Rows

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.kinds, ROW_HASH, SEQUENCE)

    @property
    def all_kinds(self) -> tuple[Kind, ...]:
        return (*self.kinds.values(), Kind.INTEGER, Kind.INTEGER)


def batch(
    records: Sequence[Record],
    names: Mapping[str, str],
    known: Mapping[str, Kind],
    marks: tuple[Sequence[int | None], Iterable[int]],
) -> Batch:
    """The records as rows; `names` maps fields to columns, `marks` are the rows' hashes and sequence."""
    fields = dict.fromkeys(chain.from_iterable(records))
    values = {names[name]: [record.get(name) for record in records] for name in fields}
    kinds = {column: kind for column in values if (kind := kind_of(values[column], known.get(column)))}
    stored = [stored_as(kinds[column], values[column]) for column in kinds]
    return Batch(kinds, list(zip(*stored, *marks, strict=False)))


def stored_as(kind: Kind, values: Sequence[Any]) -> Sequence[Any]:
    """Decoded JSON values as a driver takes them for a column of that kind."""
    if kind is Kind.JSON:
        return [None if value is None else encode(value) for value in values]
    if kind is Kind.TIMESTAMP:
        return [None if value is None else datetime.fromisoformat(value) for value in values]
    if kind is Kind.TEXT and not all(type(value) is str for value in values if value is not None):
        return [value if value is None or isinstance(value, str) else as_text(value) for value in values]
    return values


def as_text(value: Any) -> str:
    """A value that ended up among texts: JSON, and moments as ISO 8601 in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.decode() if isinstance(value, bytes) else encode(value).decode()


def united(batches: Iterable[Batch]) -> dict[str, Kind]:
    """The columns of all batches, each as wide as the widest of them."""
    kinds: dict[str, Kind] = {}
    for one in batches:
        for column, kind in one.kinds.items():
            kinds[column] = widened(kinds.get(column, kind), kind)
    return kinds


def joined(batches: Sequence[Batch], identity: Sequence[str]) -> Batch:
    """The batches as one, and of rows with one identity the last."""
    together = Batch(united(batches), [])
    rows = chain.from_iterable(_aligned(one, together.kinds) for one in batches)
    key = itemgetter(*map(together.columns.index, identity)) if batches else len
    together.rows.extend({key(row): row for row in rows}.values())
    return together


def parted(together: Batch) -> tuple[Batch, Batch]:
    """The rows that are there, and those of deleted records."""
    if all(row[-2] is not None for row in together.rows):
        return together, Batch(together.kinds, [])
    living = [row for row in together.rows if row[-2] is not None]
    return Batch(together.kinds, living), Batch(
        together.kinds, [row for row in together.rows if row[-2] is None]
    )


def latest(elements: Batch, parents: Batch, width: int) -> tuple[Batch, Batch]:
    """Of each parent, whose key is the first `width` columns, the last version and its elements."""
    newest = {row[:width]: row for row in sorted(parents.rows, key=itemgetter(-1))}
    kept = [row for row in elements.rows if newest[row[:width]][-1] == row[-1]]
    return Batch(elements.kinds, kept), Batch(parents.kinds, list(newest.values()))


def _aligned(one: Batch, kinds: Mapping[str, Kind]) -> Rows:
    """A batch's rows with these columns in this order and of these kinds."""
    if list(one.kinds.items()) == list(kinds.items()):
        return one.rows
    found = dict(zip(one.columns, zip(*one.rows, strict=True), strict=True))
    absent = [None] * len(one.rows)
    values = [
        _widened(found[column], one.kinds[column], kind) if column in found else absent
        for column, kind in kinds.items()
    ]
    return list(zip(*values, found[ROW_HASH], found[SEQUENCE], strict=True))


def _widened(values: Sequence[Any], before: Kind, after: Kind) -> Sequence[Any]:
    """Values made for a narrower column, as a wider one takes them."""
    if before is after or after not in (Kind.TEXT, Kind.JSON):
        return values
    if after is Kind.TEXT:
        return [value if value is None or isinstance(value, str) else as_text(value) for value in values]
    plain = [as_text(value) if isinstance(value, datetime) else value for value in values]
    return [None if value is None else encode(value) for value in plain]
