"""Sheets as Parquet, and the Arrow types of columns. The only module that needs pyarrow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from airflow_connectors.core import ConfigError
from airflow_connectors.sync.kinds import Kind

from .sheet import PRECISION, SCALE, Sheet, decimal

try:
    import pyarrow as pa  # type: ignore[import-untyped] # it ships no types
    import pyarrow.dataset as ds  # type: ignore[import-untyped] # likewise
    import pyarrow.parquet as pq  # type: ignore[import-untyped] # likewise
except ImportError as error:
    raise ConfigError("Parquet needs pyarrow: install airflow-connectors[parquet]") from error

TYPES: Mapping[Kind, pa.DataType] = {
    Kind.BOOLEAN: pa.bool_(),
    Kind.INTEGER: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.NUMERIC: pa.decimal128(PRECISION, SCALE),
    Kind.TIMESTAMP: pa.timestamp("us", tz="UTC"),
    Kind.JSON: pa.json_(),
    Kind.TEXT: pa.string(),
}
KINDS = {type_: kind for kind, type_ in TYPES.items()}


class Parquet:
    """One row group for each file. A file's columns are typed by what is in it, or was before."""

    def dump(self, sheet: Sheet) -> bytes:
        sink = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_batches([record_batch(sheet)]), sink, row_group_size=max(1, sheet.count))
        return bytes(sink.getvalue())

    def load(self, content: bytes, kinds: Mapping[str, Kind]) -> Sheet:
        table = pq.read_table(pa.BufferReader(content))
        found = {name: KINDS[table.schema.field(name).type] for name in table.column_names}
        return Sheet(
            found, {name: _loaded(kind, table.column(name).to_pylist()) for name, kind in found.items()}
        )


def schema(kinds: Mapping[str, Kind]) -> pa.Schema:
    return pa.schema([(column, TYPES[kind]) for column, kind in kinds.items()])


def record_batch(sheet: Sheet) -> pa.RecordBatch:
    arrays = [pa.array(_stored(kind, sheet.values[name]), TYPES[kind]) for name, kind in sheet.kinds.items()]
    return pa.RecordBatch.from_arrays(arrays, schema=schema(sheet.kinds))


def reader(kinds: Mapping[str, Kind], sheets: Iterable[Sheet]) -> pa.RecordBatchReader:
    return pa.RecordBatchReader.from_batches(schema(kinds), map(record_batch, sheets))


def dataset(kinds: Mapping[str, Kind], paths: Sequence[str], filesystem: Any) -> ds.Dataset:
    """Parquet files as Arrow's own dataset."""
    return ds.dataset(paths, schema(kinds), format="parquet", filesystem=filesystem)


def _stored(kind: Kind, values: Sequence[Any]) -> Sequence[Any]:
    if kind is Kind.JSON:
        return [None if value is None else value.decode() for value in values]
    if kind is Kind.NUMERIC:
        return [None if value is None else decimal(value) for value in values]
    return values


def _loaded(kind: Kind, values: Sequence[Any]) -> Sequence[Any]:
    if kind is Kind.JSON:
        return [None if value is None else value.encode() for value in values]
    if kind is Kind.NUMERIC:
        return [None if value is None else _plain(value) for value in values]
    return values


def _plain(value: Decimal) -> int | Decimal:
    """A decimal without the zeros that its column's scale adds."""
    whole = int(value)
    return whole if whole == value else Decimal(f"{value:f}".rstrip("0"))
