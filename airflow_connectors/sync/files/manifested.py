"""Reading what manifests list: each unit once, and nothing that is unfinished, given up or replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from airflow_connectors.core import Record
from airflow_connectors.sync.kinds import Kind
from airflow_connectors.sync.names import DELETED_AT, ROW_HASH, SEQUENCE

from . import layout
from .formats import format_of
from .manifest import File, Manifest, union, visible
from .sheet import Sheet
from .store import Store, StorePath, location

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped] # it ships no types
    import pyarrow.dataset as ds  # type: ignore[import-untyped] # likewise


@dataclass(frozen=True)
class Manifested:
    """
    A table in files, as its manifests say when it is first looked at.

    `path` is where the sync writes to, `connection` the Airflow connection it reads from.
    """

    path: StorePath
    connection: str
    table: str

    @cached_property
    def written(self) -> dict[str, Manifest]:
        """Every manifest there is, by name."""
        store = self._store
        names = store.names(layout.manifests(self.connection, self.table), ".json")
        return {name: Manifest.load(content) for name in names if (content := store.read(name))}

    @cached_property
    def manifests(self) -> list[Manifest]:
        """Those that count, oldest first."""
        return visible(self.written.values())

    @property
    def files(self) -> list[File]:
        return [file for manifest in self.manifests for file in manifest.files]

    @property
    def paths(self) -> list[str]:
        """The files' paths, as other programs read them."""
        return [str(self._store.at(file.name)) for file in self.files]

    @cached_property
    def schema(self) -> dict[str, Kind]:
        """Every column, as wide as the widest file has it."""
        return union(manifest.schema for manifest in self.manifests)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that identify a record."""
        return self.manifests[-1].key if self.manifests else ()

    def records(self) -> Iterator[Record]:
        """
        Every row: each version of a record that was read, and a row with `_deleted_at` for each deletion.

        Raises DataError for a file that is not the one that was written.
        """
        decoders = [_decoders.get(kind, _as_is) for kind in self.schema.values()]
        for sheet in self._sheets():
            for row in sheet.rows():
                values = [
                    None if value is None else decode(value)
                    for decode, value in zip(decoders, row, strict=True)
                ]
                yield dict(zip(self.schema, values, strict=True))

    def latest(self) -> Iterator[Record]:
        """Of each record the last version, and nothing of deleted ones. Holds all keys in memory."""
        key, last = self.key or (ROW_HASH,), dict[tuple[Any, ...], int]()
        for sheet in self._sheets():
            numbers = sheet.values[SEQUENCE]
            for number, *values in zip(numbers, *(sheet.values[column] for column in key), strict=True):
                last[tuple(values)] = max(number, last.get(tuple(values), number))
        for record in self.records():
            is_last = record[SEQUENCE] == last[tuple(record[column] for column in key)]
            if is_last and record[DELETED_AT] is None:
                yield record

    def batches(self) -> pa.RecordBatchReader:
        """Every row as Arrow, a file at a time, for DuckDB, pandas, polars and others. Needs pyarrow."""
        from .parquet import reader  # noqa: PLC0415 - JSON Lines are read without pyarrow

        return reader(self.schema, self._sheets())

    def dataset(self) -> ds.Dataset:
        """
        The Parquet files as Arrow's own dataset, which filters and reads in parallel.

        Where a column's type changed between files Arrow casts by its own rules: a moment among texts has a
        space for the T, and text among JSON no quotes. `batches` casts as the engine does.
        """
        from .parquet import dataset  # noqa: PLC0415 - as above

        paths = [location(self._store.at(file.name)) for file in self.files]
        return dataset(self.schema, paths, self._store.fs)

    @property
    def _store(self) -> Store:
        return Store(self.path)

    def _sheets(self) -> Iterator[Sheet]:
        for file in self.files:
            content = self._store.read(file.name) or b""
            file.check(content)
            yield format_of(file.format).load(content, self.schema).spread(self.schema)


def _as_is(value: Any) -> Any:
    return value


_decoders: dict[Kind, Callable[[Any], Any]] = {Kind.JSON: msgspec.json.decode}
