"""Rows read by plain SQL, as the records they came from, whatever a driver makes of their types."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from airflow_connectors.sync.names import OURS


def stored(row: dict[str, Any]) -> dict[str, Any]:
    """A row's own columns, without those that hold nothing."""
    values = {name: value for name, value in row.items() if value is not None and name not in OURS}
    values.pop("_box", None)
    return {name: READERS.get(name, plain)(value) for name, value in values.items()}


def expected(record: dict[str, Any]) -> dict[str, Any]:
    """What `stored` must give for a record as the service shows it."""
    values = {name: value for name, value in record.items() if value is not None}
    return {**values, "updated_at": as_moment(values["updated_at"])}


def plain(value: Any) -> Any:
    return value


def as_moment(value: Any) -> datetime:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def as_json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


READERS = {"updated_at": as_moment, "labels": as_json, "is_open": bool, "ratio": float, "size": int}
