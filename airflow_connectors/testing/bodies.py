"""Response bodies from the stream's own declaration of where records, totals and page tokens are."""

from __future__ import annotations

from typing import Any

import msgspec

from airflow_connectors.core import Stream

from .paging import Slice


def plant(body: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a dotted path, making the objects on the way."""
    *parents, last = path.split(".")
    for name in parents:
        body = body.setdefault(name, {})
    body[last] = value


def body_of(stream: Stream, found: Slice, total: int) -> Any:
    """The body that `stream.records` and `stream.total` describe; a bare list where a function does."""
    records = [msgspec.Raw(row.shown) for row in found.rows]
    if callable(stream.records) or not stream.records:
        return records
    body: dict[str, Any] = {}
    for path, value in {stream.total: total, stream.records: records, **found.fields}.items():
        if path:
            plant(body, path, value)
    return body
