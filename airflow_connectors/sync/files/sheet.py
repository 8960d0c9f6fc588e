"""What one file holds, by column, whatever its format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal, Inexact, InvalidOperation
from itertools import chain
from typing import Any

from airflow_connectors.sync.batch import Batch, as_text, encode, united
from airflow_connectors.sync.kinds import Kind
from airflow_connectors.sync.names import DELETED_AT, ROW_HASH, SEQUENCE

PRECISION, SCALE = 38, 18  # 20 digits before the point, more than a 64-bit integer needs
EXACT = Context(prec=PRECISION, traps=[Inexact, InvalidOperation])
STEP = Decimal(1).scaleb(-SCALE)
MARKS = {SEQUENCE: Kind.INTEGER, ROW_HASH: Kind.INTEGER, DELETED_AT: Kind.TIMESTAMP}


@dataclass(frozen=True)
class Sheet:
    """Columns of equal length. Values are those of a `Batch`: aware datetimes, and JSON as bytes."""

    kinds: Mapping[str, Kind]
    values: Mapping[str, Sequence[Any]]

    @property
    def count(self) -> int:
        return len(next(iter(self.values.values()), ()))

    @property
    def gone(self) -> int:
        """How many of the rows tell of deleted records."""
        return sum(moment is not None for moment in self.values[DELETED_AT])

    def rows(self) -> Iterable[tuple[Any, ...]]:
        return zip(*self.values.values(), strict=True)

    def spread(self, kinds: Mapping[str, Kind]) -> Sheet:
        """The same rows in these columns, wider ones or more of them."""
        absent = [None] * self.count
        values = {
            column: as_wide(self.values[column], self.kinds[column], kind) if column in self.kinds else absent
            for column, kind in kinds.items()
        }
        return Sheet(kinds, values)


def sheet(batches: Sequence[Batch], first: int, gone_at: datetime) -> Sheet:
    """
    The rows of some batches as one file has them.

    They are numbered from `first`, not by the clock, so that reading the same again makes the same file.
    """
    kinds = united(batches)
    sheets = [_of(batch).spread(kinds) for batch in batches]
    values = {column: list(chain.from_iterable(one.values[column] for one in sheets)) for column in kinds}
    hashes = [row[-2] for batch in batches for row in batch.rows]
    marks = {
        SEQUENCE: range(first, first + len(hashes)),
        ROW_HASH: hashes,
        DELETED_AT: [None if found is not None else gone_at for found in hashes],
    }
    return _exact(Sheet({**kinds, **MARKS}, {**values, **marks}))


def _of(batch: Batch) -> Sheet:
    columns = zip(*batch.rows, strict=True) if batch.rows else [()] * len(batch.kinds)
    return Sheet(batch.kinds, dict(zip(batch.kinds, columns, strict=False)))


def _exact(whole: Sheet) -> Sheet:
    """The sheet with texts for the numbers of columns in which some cannot be decimals."""
    misfits = {
        column: Kind.TEXT
        for column, kind in whole.kinds.items()
        if kind is Kind.NUMERIC and not all(map(_fits, whole.values[column]))
    }
    return whole.spread({**whole.kinds, **misfits}) if misfits else whole


def decimal(value: float | Decimal) -> Decimal:
    """A number as a decimal of our scale. Raises ArithmeticError where that would not be the same number."""
    return Decimal(str(value)).quantize(STEP, context=EXACT)


def _fits(value: float | Decimal | None) -> bool:
    try:
        return value is None or bool(decimal(value) or True)
    except ArithmeticError:
        return False


def as_wide(values: Sequence[Any], before: Kind, after: Kind) -> Sequence[Any]:
    """Values of a narrower column as a wider one has them."""
    if before is after or after not in (Kind.TEXT, Kind.JSON):
        return values
    if after is Kind.TEXT:
        return [value if value is None or isinstance(value, str) else as_text(value) for value in values]
    plain = [as_text(value) if isinstance(value, datetime) else value for value in values]
    return [None if value is None else encode(value) for value in plain]
