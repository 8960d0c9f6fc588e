"""Records sent to several tables by what is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from airflow_connectors.core import ConfigError, DataError, Record
from airflow_connectors.sync.names import fitted

from .condition import AnyCondition, condition_of, tested
from .refused import Refused


@dataclass
class Routed:
    """The records of each table, all tables named, and those that belong nowhere."""

    tables: dict[str, list[Record]]
    refused: list[Refused] = field(default_factory=list)

    def strangers(self, key: Iterable[str]) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
        """For each table the keys of records that went elsewhere: rows it has of them are out of date."""
        names = list(key)
        keys = {
            table: [tuple(record.get(name) for name in names) for record in records]
            for table, records in self.tables.items()
        }
        for table in self.tables:
            yield table, [one for other, found in keys.items() if other != table for one in found]


@dataclass(frozen=True)
class Route:
    """
    `Route({"bugs": ("type", "=", "bug")}, default="issues")`: a record goes to the first table that fits.

    Without a default, a record that fits nowhere is rejected.
    """

    tables: Mapping[str, AnyCondition]
    default: str | None = None

    def __post_init__(self) -> None:
        for table in self.names:
            if not table or not table.isprintable() or '"' in table or fitted(table) != table:
                raise ConfigError(f"Route: {table!r} cannot be a table's name")
        for condition in self.tables.values():
            condition_of(condition)

    @property
    def names(self) -> tuple[str, ...]:
        """Every table that records may go to."""
        found = dict.fromkeys(self.tables)
        return tuple(found | dict.fromkeys([self.default] if self.default is not None else []))

    def prepared(self) -> Callable[[Iterable[Record]], Routed]:
        """A function that sends records on their way."""
        tests = [(table, tested(condition)) for table, condition in self.tables.items()]

        def route(records: Iterable[Record]) -> Routed:
            routed = Routed({table: [] for table in self.names})
            for record in records:
                try:
                    routed.tables[self._table(record, tests)].append(record)
                except DataError as error:
                    routed.refused.append(Refused(str(error), record))
            return routed

        return route

    def _table(self, record: Record, tests: Iterable[tuple[str, Callable[[Record], bool]]]) -> str:
        for table, test in tests:
            if test(record):
                return table
        if self.default is None:
            raise DataError(
                f"Route: the record fits none of {', '.join(self.tables)}, and there is no default"
            )
        return self.default
