"""Transforms that call functions of a DAG's author, or ask conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from airflow_connectors.core import ConfigError, DataError, Record

from .calling import copied, guarded, plain
from .condition import AnyCondition, condition_of, fields_of, tested
from .paths import Names, Step, edited
from .transform import Parts, Transform, required, starts


@dataclass(frozen=True)
class Map(Transform):
    """
    `Map({"title": str.strip})` gives fields to functions, null too; `Map(function)` gives it whole records.

    What a function raises gets the record rejected. Dates, tuples and the like become what JSON has for them.
    """

    functions: Mapping[str, Callable[[Any], Any]] | Callable[[Record], Record]

    def __post_init__(self) -> None:
        functions = self.functions
        if isinstance(functions, Mapping):
            required(functions, "Map")
            wrong = [path for path, function in functions.items() if not callable(function)]
        else:
            wrong = [] if callable(functions) else ["the record"]
        if wrong:
            raise ConfigError(f"Map: what is to change {wrong[0]!r} is not a function")

    def parts(self) -> Parts:
        if isinstance(self.functions, Mapping):
            for path, function in self.functions.items():
                yield (path,), edited(path, _changed(function, f"Map({path!r})"))
        else:
            yield (), _mapped(self.functions)

    def changes(self, names: Names) -> bool:
        return isinstance(self.functions, Mapping) and starts(names, self.functions)


def _changed(function: Callable[[Any], Any], name: str) -> Callable[[Any], Any]:
    call = guarded(function, name)

    def change(value: Any) -> Any:
        return plain(call(copied(value) if isinstance(value, dict | list) else value), name)

    return change


def _mapped(function: Callable[[Record], Record]) -> Step:
    call = guarded(function, "Map")

    def step(record: Record) -> Record:
        found = call(copied(record))
        if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
            message = "Map: a record's function returns a record; to leave a record out, use Filter"
            raise DataError(f"{message}; this one returned {found!r:.60}")
        return {name: plain(value, f"Map: {name!r}") for name, value in found.items()}

    return step


@dataclass(frozen=True)
class Filter(Transform):
    """
    `Filter(("state", "=", "open"))` leaves out the records for which the condition does not hold.

    A record that was in the table and does not pass any more leaves the table.
    """

    condition: AnyCondition

    def __post_init__(self) -> None:
        condition_of(self.condition)

    def parts(self) -> Parts:
        test = tested(self.condition)
        yield fields_of(self.condition), lambda record: record if test(record) else None
