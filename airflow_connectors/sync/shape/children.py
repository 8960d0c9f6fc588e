"""Arrays in records made rows of tables of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from airflow_connectors.core import ConfigError, DataError, Record
from airflow_connectors.sync.names import fitted, folded

from .paths import names_of, owner
from .refused import Refused
from .transform import required

INDEX, VALUE, PARENT, OUTER = "_index", "value", "_parent_", "_outer"
LONGEST_TOP = 40  # bytes, so that the name of a table within it always begins with the whole of its name


@dataclass(frozen=True)
class Child:
    """
    A table of elements. `parent` are the columns with the key of the record that they came from.

    `key` identifies a row: the parent's key, and the index of the element in each array on the way to it.
    """

    table: str
    parent: tuple[str, ...]
    key: tuple[str, ...]
    depth: int

    @property
    def indexes(self) -> tuple[str, ...]:
        """The columns with the places of an element, the outermost array's first."""
        return self.key[len(self.parent) :]

    def within(self, name: str) -> Child:
        """The table of the arrays in a field of this one's elements."""
        key = (*self.parent, *(f"{OUTER}{index}" for index in self.indexes), INDEX)
        return Child(fitted(f"{self.table}__{folded(name)}"), self.parent, key, self.depth - 1)


@dataclass
class Split:
    """
    Parents without their arrays, and the rows that were in them.

    `rows` has every declared table, empty or not: what it has of these parents and is not among the rows is
    to be deleted, also where a parent is unchanged. `owners` are the places among `records` of the parents
    of these rows: a parent may come twice, and then only the rows of the last one count.
    """

    records: list[Record] = field(default_factory=list)
    rows: dict[Child, list[Record]] = field(default_factory=dict)
    owners: dict[Child, list[int]] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)

    def add(self, child: Child, row: Record) -> None:
        """A row of the last parent."""
        self.rows[child].append(row)
        self.owners[child].append(len(self.records) - 1)

    def open(self, child: Child) -> None:
        self.rows.setdefault(child, [])
        self.owners.setdefault(child, [])


@dataclass(frozen=True, init=False)
class Children:
    """
    `Children("labels", "fields.components", depth=2)`: the elements of `labels` are rows of `issues__labels`.

    An object's fields become columns, anything else the column `value`. `depth` is how many levels of arrays
    within elements become tables too, such as `issues__labels__colours`; deeper ones stay JSON.
    """

    fields: tuple[str, ...]
    depth: int

    def __init__(self, *fields: str, depth: int = 1) -> None:
        if depth < 1:
            raise ConfigError(f"Children: a depth of {depth} leaves every array where it is: give 1 or more")
        object.__setattr__(self, "fields", required(fields, "Children"))
        object.__setattr__(self, "depth", depth)

    def tables(self, table: str, key: Sequence[str]) -> dict[str, Child]:
        """The declared tables of a stream with this primary key, by field."""
        parent = tuple(f"{PARENT}{name}" for name in key)
        names = {path: f"{table}__{'_'.join(map(folded, names_of(path)))}" for path in self.fields}
        return {
            path: Child(fitted(name, longest=LONGEST_TOP), parent, (*parent, INDEX), self.depth)
            for path, name in names.items()
        }

    def split(self, records: Iterable[Record], table: str, key: Sequence[str]) -> Split:
        """
        Take the arrays out of records, which are changed for it.

        A field that is there and no array gets its record refused.
        """
        tables, split = self.tables(table, key), Split()
        for child in tables.values():
            split.open(child)
        for record in records:
            try:
                arrays = _taken(record, tables)
            except DataError as error:
                split.refused.append(Refused(str(error), record))
            else:
                split.records.append(record)
                values = [record[name] for name in key]
                for child, array in arrays:
                    _spread(split, child, array, dict(zip(child.parent, values, strict=True)))
        return split

    def is_child(self, name: str, table: str, key: Sequence[str]) -> bool:
        """Whether a table of this name holds elements, or those of arrays within them."""
        tops = [child.table for child in self.tables(table, key).values()]
        return any(name == top or name.startswith(f"{top}__") for top in tops)


def _taken(record: Record, tables: Mapping[str, Child]) -> list[tuple[Child, list[Any]]]:
    """The arrays of a record, which has them no more."""
    arrays = []
    for path, child in tables.items():
        *outer, last = names_of(path)
        inner = owner(record, outer)
        array = inner.pop(last, None) if inner is not None else None
        if array is not None and not isinstance(array, list):
            what = f"Children({path!r}): {array!r:.60} is no array"
            raise DataError(f"{what}; Map it to one, or leave it as it is")
        arrays.append((child, array or []))
    return arrays


def _spread(split: Split, child: Child, array: Sequence[Any], above: Mapping[str, Any]) -> None:
    """Make rows of an array's elements, and of the arrays in them as deep as declared."""
    split.open(child)
    for index, element in enumerate(array):
        row, key = _row(element, child.key), {**above, INDEX: index}
        if child.depth > 1:
            _descend(split, child, row, key)
        split.add(child, {**key, **row})


def _descend(split: Split, child: Child, row: Record, key: Mapping[str, Any]) -> None:
    """Take the arrays out of an element."""
    above = {f"{OUTER}{name}" if name in child.indexes else name: value for name, value in key.items()}
    for name in [name for name, value in row.items() if type(value) is list]:
        _spread(split, child.within(name), row.pop(name), above)


def _row(element: Any, key: Iterable[str]) -> Record:
    """An element as a record; its fields that are called as our columns get an underscore behind."""
    if type(element) is not dict:
        return {VALUE: element}
    if element.keys().isdisjoint(key):
        return {**element}
    return {f"{name}_" if name in set(key) else name: value for name, value in element.items()}
