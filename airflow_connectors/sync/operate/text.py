"""Values and tables as people read them in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

WIDEST = 60
UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def aligned(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows under their names, in columns."""
    names = list(rows[0]) if rows else []
    lines = [
        [name.replace("_", " ") for name in names],
        *([shown(row[name]) for name in names] for row in rows),
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    is_number = [_are_numbers([row[name] for row in rows]) for name in names]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(line, widths, is_number, strict=True)
        ).rstrip()
        for line in lines
    )


def _are_numbers(values: Sequence[Any]) -> bool:
    given = [value for value in values if value is not None]
    return bool(given) and all(isinstance(value, int | float) for value in given)


def shown(value: Any) -> str:
    """One value, short enough for a column."""
    if value is None or value == "":
        return "-"
    if isinstance(value, datetime):
        return as_utc(value).strftime("%Y-%m-%d %H:%M:%SZ")
    if isinstance(value, timedelta):
        return lasting(value.total_seconds())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
    text = " ".join(str(value).split())
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def lasting(seconds: float) -> str:
    """`3.5 h`: a time in the largest unit of which there are two."""
    for size, unit in UNITS:
        if seconds >= 2 * size:
            return f"{seconds / size:,.1f} {unit}"
    return f"{seconds:,.0f} s"


def as_utc(moment: datetime) -> datetime:
    """A moment as a database gives it: SQLite and MySQL forget that it is in UTC."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def as_plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return as_utc(value).isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return {name: as_plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(one) for one in value]
    return value
