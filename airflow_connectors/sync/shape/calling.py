"""The border to functions that a DAG's author wrote: what they raise and return is made safe here."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from typing import Any

import msgspec

from airflow_connectors.core import DataError

SIMPLE = {str, int, bool, type(None), Decimal}
copied = msgspec.to_builtins


def guarded(function: Callable[[Any], Any], name: str) -> Callable[[Any], Any]:
    """The function, with what it raises turned into a DataError that names it."""
    label = f"{name}({getattr(function, '__name__', None) or repr(function)})"

    def call(value: Any) -> Any:
        try:
            return function(value)
        except Exception as error:  # a user's function may raise anything: it costs the record, not the run
            raise DataError(f"{label}: {type(error).__name__}: {error}"[:500]) from error

    return call


def plain(value: Any, name: str) -> Any:
    """A value as JSON has it: a date becomes a text, a tuple a list. Raises DataError where it has none."""
    if type(value) in SIMPLE:
        return value
    if type(value) is float and isfinite(value):
        return value
    try:
        found = msgspec.json.decode(msgspec.json.encode(value))
    except (TypeError, ValueError, msgspec.MsgspecError) as error:
        message = f"{name}: returned a {type(value).__name__}, which no column holds ({error})"
        raise DataError(message) from error
    if found is None:
        raise DataError(f"{name}: returned {value!r:.60}, which no column holds")
    return found
