"""Conditions on records, as data or as functions."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from airflow_connectors.core import ConfigError, DataError, Record

from .calling import guarded
from .paths import names_of, reader

Test = Callable[[Record], bool]
UNARY: Mapping[str, Callable[[Any], bool]] = {
    "is null": lambda value: value is None,
    "is not null": lambda value: value is not None,
}
EQUALITIES: Mapping[str, Callable[[Any, Any], bool]] = {"=": operator.eq, "!=": operator.ne}
ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
MEMBERSHIPS: Mapping[str, Callable[[Any, Any], bool]] = {
    "in": lambda value, other: value in other,
    "not in": lambda value, other: value not in other,
}
CONTENTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "contains": operator.contains,
    "starts with": lambda value, other: value.startswith(other),
    "ends with": lambda value, other: value.endswith(other),
    "matches": lambda value, other: re.search(other, value) is not None,
}
BINARY = {**EQUALITIES, **ORDERS, **MEMBERSHIPS, **CONTENTS}


@dataclass(frozen=True)
class Condition:
    """
    `Condition("user.type", "=", "Bot")`.

    A field that is not there is null. Null equals only null; it is not less, not greater, and contains
    nothing. Values that cannot be compared get their record rejected.
    """

    field: str
    operator: str
    value: Any = None

    def __post_init__(self) -> None:
        names_of(self.field)
        if self.operator not in UNARY and self.operator not in BINARY:
            known = ", ".join([*BINARY, *UNARY])
            raise ConfigError(f"{self}: {self.operator!r} is none of {known}")
        if self.operator in MEMBERSHIPS and not isinstance(self.value, list | tuple | set | frozenset):
            raise ConfigError(f"{self}: give a list of values")
        if self.operator == "matches":
            _require_pattern(self)

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.field,)

    def test(self) -> Test:
        """The condition as a function."""
        read = reader(self.field)
        if unary := UNARY.get(self.operator):
            return lambda record: unary(read(record))
        compare = BINARY[self.operator]
        if self.operator in EQUALITIES or self.operator in MEMBERSHIPS:
            value = self.value if self.operator in EQUALITIES else tuple(self.value)  # a list is in no set
            return lambda record: compare(read(record), value)
        return lambda record: self._compares(compare, read(record))

    def _compares(self, compare: Callable[[Any, Any], bool], found: Any) -> bool:
        try:
            return found is not None and compare(found, self.value)
        except (TypeError, AttributeError) as error:
            raise DataError(f"{self}: {found!r:.60} cannot be compared so; Cast it first") from error

    def __str__(self) -> str:
        return f"{self.field} {self.operator} {self.value!r:.60}"


def _require_pattern(condition: Condition) -> None:
    try:
        re.compile(condition.value)
    except (re.error, TypeError) as error:
        raise ConfigError(f"{condition}: that is no regular expression ({error})") from error


@dataclass(frozen=True, init=False)
class AllOf:
    """True where every one of the conditions is."""

    conditions: tuple[AnyCondition, ...]

    def __init__(self, *conditions: AnyCondition) -> None:
        object.__setattr__(self, "conditions", conditions)

    def test(self) -> Test:
        tests = [tested(condition) for condition in self.conditions]
        return lambda record: all(test(record) for test in tests)

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(path for condition in self.conditions for path in fields_of(condition))


@dataclass(frozen=True, init=False)
class AnyOf:
    """True where at least one of the conditions is."""

    conditions: tuple[AnyCondition, ...]

    def __init__(self, *conditions: AnyCondition) -> None:
        object.__setattr__(self, "conditions", conditions)

    def test(self) -> Test:
        tests = [tested(condition) for condition in self.conditions]
        return lambda record: any(test(record) for test in tests)

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(path for condition in self.conditions for path in fields_of(condition))


@dataclass(frozen=True)
class Not:
    """True where the condition is not."""

    condition: AnyCondition

    def test(self) -> Test:
        test = tested(self.condition)
        return lambda record: not test(record)

    @property
    def fields(self) -> tuple[str, ...]:
        return fields_of(self.condition)


Declared = Condition | AllOf | AnyOf | Not
AnyCondition = Declared | tuple[Any, ...] | Test


def condition_of(given: Any) -> Declared | Test:
    """A condition in any of its forms. Raises ConfigError for what is none."""
    if isinstance(given, Declared):
        return given
    if isinstance(given, tuple) and len(given) in (2, 3):
        return Condition(*given)
    if not callable(given):
        message = f"{given!r:.80} is no condition: give one such as ('state', '=', 'open'), or a function"
        raise ConfigError(message)
    test: Test = given
    return test


def tested(given: AnyCondition) -> Test:
    """Any form of condition as a function. What a user's function raises is a DataError that names it."""
    condition = condition_of(given)
    return condition.test() if isinstance(condition, Declared) else guarded(condition, "condition")


def fields_of(given: AnyCondition) -> tuple[str, ...]:
    """The paths that a condition looks at, as far as it says so."""
    condition = condition_of(given)
    return condition.fields if isinstance(condition, Declared) else ()
