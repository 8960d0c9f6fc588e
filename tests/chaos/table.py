"""Tables read by plain SQL, apart from the code that writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from airflow_connectors.sync import Destination


@dataclass(frozen=True)
class Table:
    """One table of one schema."""

    url: str
    schema: str
    name: str

    @property
    def full(self) -> str:
        place = Destination(self.url, self.schema).dialect.place(self.schema, self.name)
        return ".".join(f'"{part}"' for part in place if part)

    def engine(self) -> sa.Engine:
        return sa.create_engine(self.url.replace("postgresql:", "postgresql+psycopg:"))

    def rows(self) -> list[dict[str, Any]]:
        engine = self.engine()
        with engine.connect() as conn:
            found = conn.exec_driver_sql(f"SELECT * FROM {self.full}")  # noqa: S608 - a name of our own
            rows = [dict(row._mapping) for row in found]
        engine.dispose()
        return rows

    def query(self, keys: Sequence[str], over: str) -> str:
        """For the keys of the live rows, as a reader of the table sees them."""
        names = ", ".join(f'"{key}"' for key in keys)
        return f"SELECT {names} FROM {self.full} WHERE {over} IS NULL"  # noqa: S608 - as above
