"""Looking at a destination without leaving a trace: nothing is created, no epoch is taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from airflow_connectors.sync.destination import Destination
from airflow_connectors.sync.errors import DestinationError

IN_FILES = ("sqlite", "duckdb")  # connecting would create the file


@contextmanager
def looking(destination: Destination) -> Iterator[Connection | None]:
    """A connection for reading; None where there is no database yet. Raises DestinationError."""
    if _is_absent(destination):
        yield None
        return
    try:
        with destination.engine.connect() as conn:
            yield conn
            conn.rollback()
    except destination.dialect.errors as error:
        message = f"destination {destination!r}: {error}; check its connection and network"
        raise DestinationError(message) from error


def has_table(conn: Connection, table: sa.Table) -> bool:
    return sa.inspect(conn).has_table(table.name, schema=table.schema)


def _is_absent(destination: Destination) -> bool:
    url = destination.url
    is_file = url.get_backend_name() in IN_FILES and url.database not in (None, "", ":memory:")
    return is_file and not Path(str(url.database)).exists()
