"""Which column each field of a table's records belongs to, and what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from airflow_connectors.core import Record

from .batch import Batch, batch
from .kinds import Kind
from .names import columns_of


@dataclass
class Fields:
    """
    The fields of one table, as known from the destination and from the records so far.

    `given` are the columns and the fields they belong to: a column never moves to another field.
    """

    given: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    names: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.names = {name: column for column, name in self.given.items()}

    def learn(self, names: Iterable[str]) -> None:
        """Give columns to fields that have none."""
        fresh = [name for name in names if name not in self.names]
        if fresh:
            found = columns_of([*self.names, *fresh], self.given)
            self.given = {**self.given, **found}
            self.names = {**self.names, **{name: column for column, name in found.items()}}

    def columns(self, names: Iterable[str]) -> tuple[str, ...]:
        """The columns of these fields."""
        wanted = list(names)
        self.learn(wanted)
        return tuple(self.names[name] for name in wanted)

    def rows(self, records: Sequence[Record], hashes: Sequence[int | None], sequence: Iterable[int]) -> Batch:
        """The records as rows. What they teach is not yet taken for known: see `accept`."""
        self.learn(dict.fromkeys(chain.from_iterable(records)))
        return batch(records, self.names, self.kinds, (hashes, sequence))

    def accept(self, rows: Batch) -> Batch:
        """Take the kinds of these rows for known."""
        self.kinds.update(rows.kinds)
        return rows
