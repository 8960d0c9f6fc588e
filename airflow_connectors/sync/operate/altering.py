"""Which tables and columns a run would create or widen, as far as that is known before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from airflow_connectors.sync.batch import Batch, united
from airflow_connectors.sync.kinds import Kind, widened
from airflow_connectors.sync.tables import Tables


def alterations(targets: Mapping[str, Tables], rows: Iterable[tuple[str, Batch]]) -> Iterator[str]:
    """What changes, judged by some rows where there are any."""
    found = list(rows)
    for name, tables in targets.items():
        kinds = united(batch for table, batch in found if table == name)
        if tables.target is None:
            yield f"create table {name} ({_columns(tables, kinds)})"
        else:
            yield from _changes(tables, kinds)


def _changes(tables: Tables, kinds: Mapping[str, Kind]) -> Iterator[str]:
    for column, kind in kinds.items():
        before = tables.kinds.get(column)
        if before is None:
            yield f"{tables.name}: add column {column} {kind.value}"
        elif (wider := widened(before, kind)) is not before:
            yield f"{tables.name}: widen column {column} from {before.value} to {wider.value}"


def _columns(tables: Tables, kinds: Mapping[str, Kind]) -> str:
    if kinds:
        return ", ".join(f"{column} {kind.value}" for column, kind in kinds.items())
    key = f"primary key {', '.join(tables.keys)}; " if tables.keys else ""
    return f"{key}its columns are known once records come: a probe shows those of the first page"
