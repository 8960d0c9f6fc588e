"""Syncing streams into files from a DAG: `s3://bucket/prefix`, `gs://conn_id@bucket/prefix`, `file:///data`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import ObjectStoragePath
from airflow.sdk.exceptions import AirflowException

from airflow_connectors.core import ConfigError
from airflow_connectors.sync.errors import DestinationError

if TYPE_CHECKING:
    from airflow_connectors.sync.files import FileSync
    from airflow_connectors.sync.prepare import Find

    from .hook import ConnectorHook

PARQUET = "parquet"
FORMATS = (PARQUET, "jsonl", "jsonl.gz")  # as sync.files has them, which is not imported to parse a DAG
DATABASES = frozenset({"duckdb", "mariadb", "mysql", "postgres", "postgresql", "sqlite"})


def is_path(destination: str) -> bool:
    """Whether a destination is an object store's path, and neither a connection's id nor a database's URL."""
    scheme, is_url, _ = destination.partition("://")
    return bool(is_url) and scheme.partition("+")[0].lower() not in DATABASES


def check_format(format_: str) -> None:
    """Raise ConfigError for a format that there is not."""
    if format_ not in FORMATS:
        raise ConfigError(f"format={format_!r} is none of {', '.join(FORMATS)}")


def file_sync(
    destination: str, schema: str, format_: str, hook: ConnectorHook, secret: Find | None = None
) -> FileSync:
    """
    What syncs a hook's streams into the folder `schema` below a path.

    Raises DestinationError for a path whose provider is not installed or whose connection is not there.
    """
    from airflow_connectors.sync.files import FileSync  # noqa: PLC0415 - not needed to parse a DAG

    return FileSync(path_of(destination, schema), format_, hook.conn_id, hook.client, secret)


def path_of(destination: str, schema: str) -> ObjectStoragePath:
    """The folder `schema` below an object store's path, which may name its connection before an @."""
    try:
        root = ObjectStoragePath(destination)
        _ = root.fs  # Airflow looks for the provider and the connection only here
    except (AirflowException, ImportError, ValueError) as error:
        scheme = destination.partition(":")[0]
        message = f"destination {destination!r}: {error}; install the provider of {scheme}:// and its fsspec"
        raise DestinationError(message) from error
    return root / schema if schema else root
