"""Values of one kind made values of another, exactly or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from airflow_connectors.core import ConfigError
from airflow_connectors.sync.kinds import LARGEST, Kind

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EXACT = 2**53  # beyond, a float does not hold every whole number
UNITS: Mapping[str, int] = {"epoch": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}  # in microseconds
# An exponent of more digits would make a whole number that fills the memory.
NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*", re.ASCII).fullmatch
TRUTHS: Mapping[Any, bool] = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1", 1), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0", 0), False),
}
encode = msgspec.json.Encoder().encode

Caster = Callable[[Any], Any]


class Unfit(ValueError):
    """A value that cannot be cast, and why."""


@dataclass(frozen=True)
class Timestamp:
    """
    How a service writes moments: `iso`, `epoch`, `epoch_ms`, `epoch_us`, or a format as strptime takes it.

    `zone` is that of moments written without one, such as the account's, `Europe/Berlin`. Where clocks are
    set back, an hour occurs twice: such a moment is taken for the first one.
    """

    format: str = "iso"
    zone: str = ""

    def __post_init__(self) -> None:
        if self.format not in ("iso", *UNITS) and "%" not in self.format:
            message = (
                f"{self.format!r} is no format of moments: iso, {', '.join(UNITS)}, or one such as '%d.%m.%Y'"
            )
            raise ConfigError(message)
        try:
            self._zone  # noqa: B018 - asked for its error
        except (KeyError, OSError, ValueError) as error:  # what zoneinfo raises for a name of no zone
            raise ConfigError(f"{self.zone!r} is no time zone; give one such as 'Europe/Berlin'") from error

    @cached_property
    def _zone(self) -> ZoneInfo | None:
        return ZoneInfo(self.zone) if self.zone else None

    def __call__(self, value: Any) -> str:
        """The moment as ISO 8601 in UTC."""
        if unit := UNITS.get(self.format):
            moment = EPOCH + timedelta(microseconds=int(as_numeric(value) * unit))
        elif not isinstance(value, str):
            raise Unfit("is not written as a text")
        else:
            moment = self._aware(self._parsed(value))
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def _parsed(self, value: str) -> datetime:
        if self.format == "iso":
            return datetime.fromisoformat(value.strip())
        return datetime.strptime(value.strip(), self.format)  # noqa: DTZ007 - the zone is put in next

    def _aware(self, moment: datetime) -> datetime:
        if moment.tzinfo:
            return moment
        if self._zone is None:
            raise Unfit("has no time zone: say which with Timestamp(zone='…')")
        return moment.replace(tzinfo=self._zone)


def as_integer(value: Any) -> int:
    if type(value) is int:
        found = value
    else:
        number = as_numeric(value)
        found = int(number)
        if found != number:
            raise Unfit("has a fraction; cast it to float or numeric")
    if not -LARGEST <= found <= LARGEST:
        raise Unfit("is beyond 64 bits; cast it to numeric or text")
    return found


def as_float(value: Any) -> float:
    if type(value) is float:
        return value
    found = float(as_numeric(value))
    if found in (float("inf"), float("-inf")):
        raise Unfit("is too large for a float; cast it to numeric or text")
    if type(value) is int and int(found) != value:
        raise Unfit("has more digits than a float holds; cast it to numeric or integer")
    return found


def as_numeric(value: Any) -> Decimal:
    """An exact number, with the places that a text gives it."""
    if isinstance(value, str) and NUMBER(value):
        return Decimal(value.strip())
    if isinstance(value, bool | int | Decimal):
        return Decimal(value)
    if isinstance(value, float) and value == value and abs(value) != float("inf"):  # noqa: PLR0124 - not NaN
        return Decimal(repr(value))
    raise Unfit("is not a number")


def as_boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = value.strip().lower() if isinstance(value, str) else value
    if isinstance(known, str | int | float) and known in TRUTHS:
        return TRUTHS[known]
    raise Unfit("is neither true nor false")


def as_text(value: Any) -> str:
    """A text as it is, a number as it is written, anything else as JSON."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, Decimal) else encode(value).decode()


def as_json(value: Any) -> Any:
    """What a JSON text holds; values that are no texts as they are."""
    return msgspec.json.decode(value) if isinstance(value, str) else value


CASTERS: Mapping[Kind, Caster] = {
    Kind.INTEGER: as_integer,
    Kind.FLOAT: as_float,
    Kind.NUMERIC: as_numeric,
    Kind.BOOLEAN: as_boolean,
    Kind.TIMESTAMP: Timestamp(),
    Kind.TEXT: as_text,
    Kind.JSON: as_json,
}
