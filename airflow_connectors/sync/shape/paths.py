"""Dotted paths to fields, taken apart once and used on many records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from airflow_connectors.core import ConfigError, Record

Names = tuple[str, ...]
# Takes a record of its own, of which it may change the fields but not what they hold, and returns the record
# to go on with; None ends the way.
Step = Callable[[Record], Record | None]
DOT = re.compile(r"(?<!\\)\.")


def names_of(path: str) -> Names:
    r"""`user.email` is `email` in the object `user`; `user\.email` is one field. Raises ConfigError."""
    if not isinstance(path, str) or not path:
        raise ConfigError(f"{path!r} is not the name of a field: give a text such as 'user.email'")
    return tuple(name.replace("\\.", ".") for name in DOT.split(path))


def path_of(names: Iterable[str]) -> str:
    """The path that `names_of` takes apart."""
    return ".".join(name.replace(".", "\\.") for name in names)


def reader(path: str) -> Callable[[Record], Any]:
    """A function that gives what is at a path; None where there is nothing."""
    first, *rest = names_of(path)

    def read(record: Record) -> Any:
        found = record.get(first)
        for name in rest:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    return read


def finder(path: str) -> Callable[[Record], bool]:
    """A function that says whether a record has the field, be it null."""
    names = names_of(path)
    return lambda record: _is_in(record, names)


def _is_in(record: Any, names: Names) -> bool:
    for name in names:
        if not isinstance(record, dict) or name not in record:
            return False
        record = record[name]
    return True


def owner(record: Record, names: Iterable[str]) -> Record | None:
    """The object at a path, copied all the way there so that it can be changed; None where there is none."""
    inner = record
    for name in names:
        found = inner.get(name)
        if not isinstance(found, dict):
            return None
        inner[name] = inner = {**found}
    return inner


def edited(path: str, change: Callable[[Any], Any]) -> Step:
    """A step that puts `change(value)` in place of the value at a path, where there is one."""
    *outer, last = names_of(path)

    def at_the_top(record: Record) -> Record:
        if last in record:
            record[last] = change(record[last])
        return record

    def deeper(record: Record) -> Record:
        inner = owner(record, outer)
        if inner is not None and last in inner:
            inner[last] = change(inner[last])
        return record

    return deeper if outer else at_the_top
