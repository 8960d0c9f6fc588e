"""Parting the records of a page that can be placed from those that cannot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from airflow_connectors.core import DataError, Page, Record, Stream

from .batch import Reject


@dataclass
class Sifted:
    """A page's good records with their hashes and positions, and its rejects."""

    records: list[Record] = field(default_factory=list)
    hashes: list[int | None] = field(default_factory=list)
    positions: list[datetime] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def sift(stream: Stream, page: Page, hashes: Sequence[int | None], raw: Callable[[Record], str]) -> Sifted:
    """
    Part a page's records into those with a key and a cursor, and those without.

    `raw` writes a record down in the form in which it may be kept.
    """
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
            sifted.rejects.append(Reject(str(error), raw(record)))
        else:
            sifted.records.append(record)
            sifted.hashes.append(hash_)
    return sifted


def _require_key(stream: Stream, record: Record) -> None:
    for name in stream.key:
        if record.get(name) is None:
            raise DataError(f"{stream.name}: a record has no {name!r}, which is part of its primary key")
