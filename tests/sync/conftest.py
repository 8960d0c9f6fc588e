"""Every engine test runs on each destination."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from airflow_connectors.sync import Destination


@pytest.fixture(params=["sqlite", "postgresql", "duckdb", "mariadb"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param in ("sqlite", "duckdb"):
        return f"{request.param}:///{tmp_path}/warehouse.db"
    server = "postgres_url" if request.param == "postgresql" else "mariadb_url"
    return str(request.getfixturevalue(server))


@pytest.fixture
def destination(url: str) -> Iterator[Destination]:
    place = Destination(url, f"schema {uuid4().hex[:8]}")
    yield place
    place.close()


class Table:
    """A table read by plain SQL, apart from the code that wrote it."""

    def __init__(self, destination: Destination, name: str) -> None:
        self.destination, self.name = destination, name

    def rows(self, where: str = "1=1") -> list[dict[str, Any]]:
        schema, name = self.destination.dialect.place(self.destination.schema, self.name)
        engine = sa.create_engine(self.destination.engine.url, poolclass=sa.NullPool)
        with engine.connect() as conn:
            full = conn.dialect.identifier_preparer.format_table(sa.Table(name, sa.MetaData(), schema=schema))
            found = conn.exec_driver_sql(f"SELECT * FROM {full} WHERE {where}")  # noqa: S608 - the test's own
            rows = [dict(row._mapping) for row in found]
        engine.dispose()
        return rows

    def by_id(self, where: str = "1=1") -> dict[Any, dict[str, Any]]:
        rows = self.rows(where)
        found = {row["id"]: row for row in rows}
        assert len(found) == len(rows), "a key occurs twice"
        return found


@pytest.fixture
def table(destination: Destination) -> Table:
    return Table(destination, "things")


@pytest.fixture
def ledger(destination: Destination) -> Table:
    return Table(destination, "_sync_runs")
