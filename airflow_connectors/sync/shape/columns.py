"""Transforms that choose, name and place fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow_connectors.core import ConfigError, DataError, Record

from .paths import Names, Step, names_of, owner
from .transform import Parts, Transform, required, starts


@dataclass(frozen=True)
class Rename(Transform):
    """
    `Rename({"login": "user", "head.sha": "sha"})`, all at once, so that two fields can change places.

    A name that a record has already is never overwritten: such a record is rejected.
    """

    names: Mapping[str, str]

    def __post_init__(self) -> None:
        required([*self.names, *self.names.values()], "Rename")
        if len(set(self.names.values())) < len(self.names):
            raise ConfigError(f"Rename gives one name to two fields: {dict(self.names)}")

    def parts(self) -> Parts:
        pairs = [(names_of(old), names_of(new)) for old, new in self.names.items()]
        if all(len(old) == len(new) == 1 for old, new in pairs):
            yield tuple(self.names), _renamed([(old[0], new[0]) for old, new in pairs])
        else:
            yield tuple(self.names), _relocated(pairs)

    def moved(self, names: Names) -> Names | None:
        for old, new in ((names_of(old), names_of(new)) for old, new in self.names.items()):
            if names[: len(old)] == old:
                return (*new, *names[len(old) :])
        return names


def _renamed(pairs: list[tuple[str, str]]) -> Step:
    def step(record: Record) -> Record:
        taken = [(new, record.pop(old)) for old, new in pairs if old in record]
        for new, value in taken:
            _put(record, new, value)
        return record

    return step


def _relocated(pairs: list[tuple[Names, Names]]) -> Step:
    def step(record: Record) -> Record:
        taken: list[tuple[Names, Any]] = []
        for (*outer, last), new in pairs:
            inner = owner(record, outer)
            if inner is not None and last in inner:
                taken.append((new, inner.pop(last)))
        for (*outer, last), value in taken:
            _put(_made(record, outer), last, value)
        return record

    return step


def _made(record: Record, names: list[str]) -> Record:
    """The object at a path, made where it is not."""
    for name in names:
        if record.setdefault(name, {}) is None:
            record[name] = {}
        inner = owner(record, [name])
        if inner is None:
            raise DataError(f"Rename: {name!r} is {record[name]!r:.60}, not an object to put a field into")
        record = inner
    return record


def _put(record: Record, name: str, value: Any) -> None:
    if name in record:
        raise DataError(f"Rename: the record has a field {name!r} already; Drop or Rename that one first")
    record[name] = value


@dataclass(frozen=True, init=False)
class Drop(Transform):
    """`Drop("body", "user.avatar")` leaves fields out."""

    fields: tuple[str, ...]

    def __init__(self, *fields: str) -> None:
        object.__setattr__(self, "fields", required(fields, "Drop"))

    def parts(self) -> Parts:
        return (((path,), _dropped(names_of(path))) for path in self.fields)

    def moved(self, names: Names) -> Names | None:
        return None if starts(names, self.fields) else names


def _dropped(names: Names) -> Step:
    *outer, last = names

    def step(record: Record) -> Record:
        inner = owner(record, outer) if outer else record
        if inner is not None:
            inner.pop(last, None)
        return record

    return step


@dataclass(frozen=True, init=False)
class Keep(Transform):
    """`Keep("title", "user.login")` leaves all other fields out, but for the primary key."""

    fields: tuple[str, ...]

    def __init__(self, *fields: str) -> None:
        object.__setattr__(self, "fields", required(fields, "Keep"))

    def parts(self) -> Parts:
        paths = [names_of(path) for path in self.fields]
        top = [path[0] for path in paths if len(path) == 1]
        deeper = [path for path in paths if len(path) > 1 and path[0] not in top]
        yield self.fields, _kept(top, deeper)

    def moved(self, names: Names) -> Names | None:
        return names if starts(names, self.fields) else None


def _kept(top: list[str], deeper: list[Names]) -> Step:
    def step(record: Record) -> Record:
        kept = {name: record[name] for name in top if name in record}
        for path in deeper:
            _copy(record, kept, path)
        return kept

    return step


def _copy(record: Record, kept: Record, names: Names) -> None:
    """Put what is at a path of a record at that path of another one."""
    for name in names[:-1]:
        if not isinstance(inner := record.get(name), dict):
            if name in record:  # null, or no object: nothing to choose from
                kept.setdefault(name, inner)
            return
        record, kept = inner, kept.setdefault(name, {})
    if names[-1] in record:
        kept[names[-1]] = record[names[-1]]


@dataclass(frozen=True, init=False)
class Flatten(Transform):
    """
    `Flatten(depth=2)` makes the fields of objects the record's own: `user.name` becomes `user_name`.

    All objects at the top, or those named; `depth` is how many levels are opened. Arrays stay as they are. A
    name that the record has already is never overwritten: such a record is rejected.
    """

    fields: tuple[str, ...]
    depth: int
    separator: str

    def __init__(self, *fields: str, depth: int = 1, separator: str = "_") -> None:
        if depth < 1 or any(len(names_of(path)) > 1 for path in fields):
            raise ConfigError("Flatten takes fields at the top of a record, and a depth of 1 or more")
        values = {"fields": fields, "depth": depth, "separator": separator}
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def _opened(self) -> frozenset[str]:
        return frozenset(names_of(path)[0] for path in self.fields)

    def parts(self) -> Parts:
        yield self.fields, _flattened(self._opened, self.depth, self.separator)

    def moved(self, names: Names) -> Names | None:
        if self.fields and names[0] not in self._opened:
            return names
        return (self.separator.join(names[: self.depth + 1]), *names[self.depth + 1 :])


def _flattened(only: frozenset[str], depth: int, separator: str) -> Step:
    def step(record: Record) -> Record:
        names = [name for name, value in record.items() if type(value) is dict and (not only or name in only)]
        for name, value in [(name, record.pop(name)) for name in names]:
            _open(record, name + separator, value, depth, separator)
        return record

    return step


def _open(record: Record, prefix: str, value: Record, depth: int, separator: str) -> None:
    """Put an object's fields into the record."""
    for inner, found in value.items():
        name = prefix + inner
        if depth > 1 and type(found) is dict:
            _open(record, name + separator, found, depth - 1, separator)
        elif name in record:
            raise DataError(f"Flatten: {name!r} is there already; Rename it, or use another separator")
        else:
            record[name] = found
