"""Rows as MySQL's LOAD DATA reads them: https://dev.mysql.com/doc/refman/8.4/en/load-data.html."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from airflow_connectors.sync.kinds import Kind

from .values import Conversions, Rows, as_double, columns_of

NULL = r"\N"
FORMAT = r"CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\t' ESCAPED BY '\\' LINES TERMINATED BY '\n'"
SPECIAL = "\\\t\n"
TEXTS = (Kind.TEXT, Kind.JSON)


def infile(rows: Rows, kinds: Sequence[Kind]) -> str:
    """The text of a file with these rows."""
    columns = columns_of(rows, kinds, CONVERSIONS)
    written = [
        _texts(values) if kind in TEXTS else _plain(values)
        for values, kind in zip(columns, kinds, strict=True)
    ]
    return "\n".join(map("\t".join, zip(*written, strict=True))) + "\n"


def _plain(values: Sequence[Any]) -> list[str]:
    return [NULL if value is None else str(value) for value in values]


def _texts(values: Sequence[str | None]) -> Sequence[str]:
    together = "".join(filter(None, values))  # one look at all of them: most columns have nothing to escape
    if any(mark in together for mark in SPECIAL):
        return [NULL if value is None else _escaped(value) for value in values]
    return [NULL if value is None else value for value in values]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(" ")[:-6]


CONVERSIONS: Conversions = {
    Kind.BOOLEAN: int,
    Kind.NUMERIC: as_double,
    Kind.TIMESTAMP: _moment,
    Kind.JSON: bytes.decode,
}
