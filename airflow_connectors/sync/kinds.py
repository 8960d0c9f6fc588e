"""The types a column can have, how they are told from values, and what each widens to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from typing import Any

TIMESTAMP_SHAPE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)").fullmatch
LARGEST = 2**63 - 1


class Kind(StrEnum):
    """What a destination needs to know of a column's values."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    FLOAT = "float"
    NUMERIC = "numeric"
    TIMESTAMP = "timestamp"
    JSON = "json"
    TEXT = "text"


KINDS = {
    bool: Kind.BOOLEAN,
    int: Kind.INTEGER,
    float: Kind.FLOAT,
    Decimal: Kind.NUMERIC,
    str: Kind.TEXT,
    dict: Kind.JSON,
    list: Kind.JSON,
}
NUMBERS = {Kind.INTEGER, Kind.FLOAT, Kind.NUMERIC}


def widened(one: Kind, other: Kind) -> Kind:
    """The narrowest kind that holds the values of both without loss."""
    if one is other:
        return one
    if {one, other} <= NUMBERS:
        return Kind.NUMERIC
    return Kind.JSON if Kind.JSON in (one, other) else Kind.TEXT


def kind_of(values: Sequence[Any], known: Kind | None = None) -> Kind | None:
    """The kind that holds these values and a column already `known`; None if all are null."""
    found = {KINDS[kind] for kind in set(map(type, values)) if kind in KINDS}
    if not found:
        return known
    kind = reduce(widened, found)
    if kind is Kind.TEXT and known is not Kind.TEXT and found == {Kind.TEXT} and are_timestamps(values):
        kind = Kind.TIMESTAMP
    if kind is Kind.INTEGER and not _fit(values):
        kind = Kind.TEXT
    return widened(known, kind) if known else kind


def are_timestamps(values: Iterable[Any]) -> bool:
    """Whether all strings among the values are moments with a date, a time and a zone."""
    try:
        return all(
            TIMESTAMP_SHAPE(value) and datetime.fromisoformat(value) for value in values if value is not None
        )
    except ValueError:
        return False


def _fit(values: Iterable[Any]) -> bool:
    return all(-LARGEST <= value <= LARGEST for value in values if value is not None)
