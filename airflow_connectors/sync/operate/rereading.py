"""Rejected records read again: the texts in which they were kept become rows, or are bad still."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from airflow_connectors.core import Page, Record, Stream, get
from airflow_connectors.sync.batch import Batch, Reject
from airflow_connectors.sync.intake import Intake, Intaker
from airflow_connectors.sync.names import ROW_HASH, SEQUENCE
from airflow_connectors.sync.shaping import Shaping

from .rejected import Rejected

FROM_LEDGER = get("_sync_rejects")  # what the pages of a replay were asked of
WITHOUT_ELEMENTS = (
    "the destination refused it without the elements of its arrays: read it again with since and until"
)
SPREAD = 1000  # numbers for the rows of one reject, which may go to several tables


@dataclass
class Rereader:
    """
    Turns rejects into what a page with that record alone would be.

    They were kept as they came, lifted and with what a transform hides hidden; those that the database
    refused, as the rows that they had become.
    """

    stream: Stream
    shaping: Shaping
    is_canonical: bool

    def __post_init__(self) -> None:
        if chain := self.shaping.chain:
            self.shaping.chain = replace(chain, guards=())
        self.kept = Intaker(as_kept(self.stream), self.shaping, is_canonical=self.is_canonical)
        rows = replace(self.kept.stream, primary_key=tuple(self.shaping.key), cursor=None, tombstone="")
        self.stored = Intaker(rows, replace(self.shaping, chain=None), is_canonical=self.is_canonical)

    def read(self, reject: Rejected, number: int) -> Intake:
        """The rows of a reject, numbered so that each leads back to it."""
        record: Record = msgspec.json.decode(reject.raw, type=dict)
        intaker = self.kept
        if SEQUENCE in record and ROW_HASH in record:
            intaker, record = self.stored, self._fields(record)
        page = Page(request=FROM_LEDGER, stream=intaker.stream, listed=[record])
        if intaker is self.stored and self.shaping.children:
            return Intake(page, 1, rejects=[Reject(WITHOUT_ELEMENTS, reject.raw)])
        intake = intaker.take(page)
        return replace(intake, batches=list(_numbered(intake.batches, number * SPREAD)))

    def identity(self, reject: Rejected) -> tuple[Any, ...]:
        """The key of a record that cannot be read, as far as it has one."""
        record = msgspec.json.decode(reject.raw, type=dict)
        return tuple(record.get(name) for name in self.stream.key)

    def _fields(self, row: Record) -> Record:
        """A row as a record again."""
        given: Mapping[str, str] = self.shaping.fields.given
        return {
            given.get(name, name): value for name, value in row.items() if name not in (SEQUENCE, ROW_HASH)
        }


def as_kept(stream: Stream) -> Stream:
    """The stream as its kept records are: lifted, followed, and with their partition."""
    cursor = stream.cursor
    if cursor and stream.lift:
        cursor = replace(cursor, field=_lifted(stream, cursor.field))
    return replace(
        stream,
        lift="",
        follow=None,
        partition=None,
        cursor=None if stream.follow else cursor,
        tombstone=_tombstone(stream),
    )


def _lifted(stream: Stream, path: str) -> str:
    return path.removeprefix(f"{stream.lift}.")


def _tombstone(stream: Stream) -> str | Callable[[Record], Any]:
    """Where a kept record says that it is gone. A function knows records only as they came."""
    path, lift = stream.tombstone, stream.lift
    if not callable(path):
        return _lifted(stream, path) if lift else path
    if not lift:
        return path
    return lambda record: path({lift: record, **record})


def _numbered(batches: Iterable[tuple[str, Batch]], start: int) -> Iterable[tuple[str, Batch]]:
    numbers = [row[-1] for _, batch in batches for row in batch.rows]
    for table, batch in batches:
        rows = [(*row[:-1], start + row[-1] - min(numbers)) for row in batch.rows]
        yield table, replace(batch, rows=rows)
