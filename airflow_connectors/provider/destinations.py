"""Where a task syncs into: a SQL connection, an embedded database's file, or a folder of files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowException, AirflowNotFoundException

from airflow_connectors import sync as engine
from airflow_connectors.core import ConfigError
from airflow_connectors.sync.errors import DestinationError
from airflow_connectors.sync.expectations import Expect
from airflow_connectors.sync.options import Write

from .expecting import Expected
from .files import PARQUET, check_format, file_sync, is_path

if TYPE_CHECKING:
    from airflow_connectors.sync import Destination, Sync
    from airflow_connectors.sync.files import FileSync
    from airflow_connectors.sync.prepare import Find

    from .hook import ConnectorHook

EMBEDDED = ("duckdb", "sqlite")
IN_MEMORY = (None, "", ":memory:")
# Before an @, where a password may hold any character, or among what follows a question mark.
SECRET = re.compile(r"://[^/@]*:[^@]*@|[?&][^=&]*(pass|pwd|secret|token|key)[^=&]*=", re.IGNORECASE)
AS_CONNECTION = "make a connection under Admin > Connections and give its id"
BEYOND_FILES: Mapping[str, str] = {
    "sweep": "in files there are no rows to compare keys with; use full_refresh=True",
    "hard_delete": "files keep every version; write='replace' lists those of the last complete reading only",
    "children": "files have no tables of elements; arrays stay in their records, as JSON",
}


def check_destination(destination: str, format_: str | None = None) -> None:
    """Raise ConfigError for a URL that is not to stand in a DAG, and for a format that means nothing."""
    scheme, is_url, rest = destination.partition("://")
    if SECRET.search(destination):
        message = (
            f"destination: a {scheme}:// URL carries a secret, which everybody sees who sees the DAG: "
            f"{AS_CONNECTION}, in an object store's path before an @: {scheme}://conn_id@bucket/prefix"
        )
        raise ConfigError(message)
    if is_path(destination):
        check_format(format_ or PARQUET)
    elif format_:
        raise ConfigError(f"format={format_!r} is for files, and {destination!r} is a database: leave it out")
    elif is_url:
        _check_embedded(scheme, rest)


def _check_embedded(scheme: str, rest: str) -> None:
    """Raise ConfigError for a database's URL that leads to a server, or nowhere that lasts."""
    if scheme not in EMBEDDED:
        raise ConfigError(f"destination: {scheme}:// leads to a server: {AS_CONNECTION}")
    path = rest.partition("?")[0]
    if not path.startswith("//") or not path.strip("/"):
        message = (
            f"destination {scheme}://{rest}: give the whole path of a file, after four slashes, such as "
            f"{scheme}:////data/warehouse.{scheme}"
        )
        raise ConfigError(message)


def check_files(expect: Expected, **given: Any) -> None:
    """Raise ConfigError for what the operator was given and only a database can do."""
    if given["write"] == Write.SCD2:
        raise ConfigError("write='scd2': files keep every version, but end none; use write='append'")
    for name, reason in BEYOND_FILES.items():
        if given[name]:
            raise ConfigError(f"{name}={given[name]!r}: {reason}")
    expectations = expect.values() if isinstance(expect, Mapping) else [expect or Expect()]
    if any(one.min_rows for one in expectations):
        raise ConfigError("min_rows: files keep versions, and nobody counts rows; use min_records")


@contextmanager
def syncing(
    destination: str, schema: str, format_: str | None, hook: ConnectorHook, secret: Find
) -> Iterator[Sync | FileSync]:
    """What syncs a hook's streams into a destination, which is open as long as that lasts."""
    if is_path(destination):
        yield file_sync(destination, schema, format_ or PARQUET, hook, secret)
        return
    with closing(destination_of(destination, schema)) as found:
        yield engine.Sync(found, hook.conn_id, hook.client, secret)


def destination_of(destination: str, schema: str) -> Destination:
    """The SQL database that a connection's id or a file's URL leads to. Raises ConfigError if it is none."""
    check_destination(destination)
    if is_path(destination):
        message = (
            f"{destination} leads to files, and this works on SQL destinations only: of files, backfill with "
            "since and until in the DAG, and read states, runs and rejects below _sync"
        )
        raise DestinationError(message)
    found = engine.Destination(destination if "://" in destination else _uri(destination), schema)
    if found.url.get_backend_name() in EMBEDDED and found.url.database in IN_MEMORY:
        raise DestinationError(
            f"destination {destination!r} is in memory and ends with the task: give a file"
        )
    return found


def _uri(conn_id: str) -> str:
    """The URI of an Airflow connection to a SQL database."""
    try:
        hook = BaseHook.get_hook(conn_id)
    except AirflowNotFoundException as error:
        message = f"destination connection {conn_id!r} does not exist: create it under Admin > Connections"
        raise DestinationError(message) from error
    except (AirflowException, ImportError) as error:
        raise DestinationError(f"destination connection {conn_id!r}: {error}") from error
    if not hasattr(hook, "get_uri"):
        message = (
            f"destination connection {conn_id!r} leads to {hook.conn_type}, which is not a SQL database; for "
            "files give a path, such as s3://conn_id@bucket/prefix"
        )
        raise DestinationError(message)
    return str(hook.get_uri())
