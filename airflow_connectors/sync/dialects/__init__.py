"""The databases records can be synced into."""

from __future__ import annotations

from importlib import import_module

from airflow_connectors.sync.errors import DestinationError

from .base import Dialect

__all__ = ["Dialect", "dialect_of"]

DIALECTS = {
    "duckdb": ("duckdb", "DuckDBDialect"),
    "mariadb": ("mysql", "MySQLDialect"),
    "mysql": ("mysql", "MySQLDialect"),
    "sqlite": ("sqlite", "SQLiteDialect"),
    "postgresql": ("postgres", "PostgresDialect"),
}


def dialect_of(backend: str) -> Dialect:
    """The dialect for SQLAlchemy's name of a database. Its driver is imported only now."""
    if backend not in DIALECTS:
        raise DestinationError(f"{backend} is not among the destinations: {', '.join(DIALECTS)}")
    module, name = DIALECTS[backend]
    try:
        found = getattr(import_module(f"{__name__}.{module}"), name)
    except ImportError as error:
        message = f"{backend} needs a driver: pip install 'airflow-connectors[{module}]' ({error})"
        raise DestinationError(message) from error
    dialect: Dialect = found()
    return dialect
