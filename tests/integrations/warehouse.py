"""A SQLite warehouse to sync into, and what stands in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Warehouse:
    """The tables of one schema."""

    file: Path
    schema: str

    def ids(self, stream: str, *key: str) -> set[tuple[object, ...]]:
        query = f"SELECT {', '.join(key)} FROM {self.schema}__{stream} WHERE _deleted_at IS NULL"  # noqa: S608 - a test's own names
        with closing(sqlite3.connect(self.file)) as connection:
            return set(connection.execute(query))


def warehouse_in(folder: Path, schema: str, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """Let the connection `warehouse` lead to a file in that folder."""
    file = folder / "warehouse.db"
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", f"sqlite:///{file}")
    return Warehouse(file, schema)
