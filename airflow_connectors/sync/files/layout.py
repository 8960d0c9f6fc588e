"""
Where things lie below the root. Equal things have equal names, so a retry writes what is there already.

    issues/github/acme%2Frocket/20260131T120000.000000Z/00000-5f0c….parquet    rows
    _sync/manifests/github/issues/acme%2Frocket/20260131T120000.000000Z.json   a window's files, written last
    _sync/state/github/issues/acme%2Frocket.json                         where the next run goes on
    _sync/claims/github/issues/acme%2Frocket.txt                         the run that may write it
    _sync/columns/github/issues.json                                     which field each column belongs to
    _sync/history/github/issues/incremental.json                         the accounts to compare with
    _sync/runs/github/issues/<run>.json                                  the account
    _sync/rejects/github/issues/<run>-0.jsonl                            records that could not be stored
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote

from airflow_connectors.sync.ledger import Key
from airflow_connectors.sync.names import fitted

LONGEST = 180  # bytes of a name; file systems end at 255
OURS = "_sync"


def slug(text: str) -> str:
    """A text as one part of a name."""
    return fitted(
        quote(text, safe=" ").replace(".", "%2E") if text in (".", "..") else quote(text, safe=" "),
        text,
        LONGEST,
    )


def stamp(moment: datetime) -> str:
    """A moment in names, which sort like moments."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")


def folder(*parts: str) -> str:
    """The parts that are not empty, as a folder's name."""
    return "/".join(slug(part) for part in parts if part)


def data_folder(connection: str, table: str, partition: str = "", window: str = "") -> str:
    return folder(table, connection, partition, window)


def data_name(within: str, number: int, content: bytes, suffix: str) -> str:
    """The name of a file of a window: its number, and its content's digest, so that none replaces another."""
    return f"{within}/{number:05}-{sha256(content).hexdigest()[:16]}.{suffix}"


def manifests(connection: str, table: str, partition: str = "") -> str:
    return folder(OURS, "manifests", connection, table, partition)


def state(key: Key) -> str:
    return folder(OURS, "state", key.connection, key.stream, key.partition) + ".json"


def claim(key: Key) -> str:
    return folder(OURS, "claims", key.connection, key.stream, key.partition) + ".txt"


def columns(connection: str, table: str) -> str:
    return folder(OURS, "columns", connection, table) + ".json"


def history(connection: str, table: str, kind: str) -> str:
    return folder(OURS, "history", connection, table, kind) + ".json"


def account(connection: str, table: str, run_id: str) -> str:
    return folder(OURS, "runs", connection, table, run_id) + ".json"


def rejects(connection: str, table: str, run_id: str, number: int) -> str:
    return folder(OURS, "rejects", connection, table, f"{run_id}-{number}") + ".jsonl"
