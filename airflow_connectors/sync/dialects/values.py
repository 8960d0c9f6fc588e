"""Values turned into what a driver takes, column by column, so that most columns cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from airflow_connectors.sync.errors import DestinationError
from airflow_connectors.sync.kinds import Kind

EXACT = 2**53  # beyond, a DOUBLE does not hold every whole number

Rows = Sequence[Sequence[Any]]
Conversions = Mapping[Kind, Callable[[Any], Any]]


class Unstorable(ValueError):
    """A value that the destination's type for its column does not hold."""


def columns_of(rows: Rows, kinds: Sequence[Kind], conversions: Conversions) -> list[Sequence[Any]]:
    """The rows by column, with the values of some kinds converted."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for number, kind in enumerate(kinds):
        if convert := conversions.get(kind):
            columns[number] = [None if value is None else convert(value) for value in columns[number]]
    return columns


def converted(rows: Rows, kinds: Sequence[Kind], conversions: Conversions) -> Iterable[Sequence[Any]]:
    """The rows with the values of some kinds converted."""
    if conversions.keys().isdisjoint(kinds):
        return rows
    return zip(*columns_of(rows, kinds, conversions), strict=True)


def as_iso(moment: datetime) -> str:
    """ISO 8601 in UTC and of one length, so that texts sort as the moments do."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{utc.isoformat(timespec='microseconds')[:-6]}Z"


def as_number(value: float | Decimal) -> float:
    """A number without its decimal type. Raises Unstorable where that would change it."""
    if not isinstance(value, Decimal):
        return value
    found = int(value) if value == value.to_integral_value() else float(value)
    if Decimal(repr(found)) != value:
        raise Unstorable(f"{value} has more digits than the destination's numbers hold")
    return found


def as_double(value: float | Decimal) -> float:
    """A number as a float. Raises Unstorable where that would change it."""
    found = float(as_number(value))
    if isinstance(value, int) and int(found) != value:
        raise Unstorable(
            f"{value} is beyond 2^53 in a column that holds fractions too: a DOUBLE would round it"
        )
    return found


def require_exact(conn: Connection, column: sa.Column[Any], kind: Kind) -> None:
    """Raises DestinationError where a column of whole numbers has some that a DOUBLE would round."""
    if kind not in (Kind.FLOAT, Kind.NUMERIC) or not isinstance(column.type, sa.Integer):
        return
    large = sa.select(column).where(sa.or_(column > EXACT, column < -EXACT)).limit(1)
    if (found := conn.execute(large).scalar()) is not None:
        message = (
            f"column {column.name} of {column.table.name} has {found}, which a DOUBLE would round, and "
            "fractions came for it: make it a text column first (ALTER TABLE)"
        )
        raise DestinationError(message)
