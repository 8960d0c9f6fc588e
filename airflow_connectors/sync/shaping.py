"""Records on their way to the rows of one or several tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, groupby
from operator import itemgetter

import msgspec

from airflow_connectors.core import Record

from .batch import Batch, Reject
from .fields import Fields
from .hashes import row_hash
from .kinds import Kind
from .shape import Chain, Child, Children, Contract, Refused, Route, Routed, Shaped, Split

Hashes = Sequence[int | None]
Rows = list[tuple[str, Batch]]
encode = msgspec.json.Encoder().encode


@dataclass
class Shaping:
    """
    What a run makes of records. `table` is where they go, unless a route sends them elsewhere.

    `all_fields` are those of each table, `before` its columns as the run began, which a contract protects.
    """

    name: str
    table: str
    key: Sequence[str]
    all_fields: dict[str, Fields]
    chain: Chain | None = None
    route: Route | None = None
    children: Children | None = None
    contract: Contract | None = None
    before: Mapping[str, Mapping[str, Kind]] = field(default_factory=dict)

    @property
    def fields(self) -> Fields:
        """Those of the table that records go to where nothing sends them elsewhere."""
        return self.all_fields[self.table]

    @property
    def is_needed(self) -> bool:
        return bool(self.chain or self.route or self.children)

    @property
    def keys(self) -> dict[str, Sequence[str]]:
        """The fields that identify a row, of each table that records or their elements go to."""
        return {**dict.fromkeys(self.tables, self.key), **{one.table: one.key for one in self._child_tables}}

    @property
    def parents(self) -> dict[str, Sequence[str]]:
        """The fields that name the record an element is of, of each table of elements."""
        return {one.table: one.parent for one in self._child_tables}

    @property
    def homes(self) -> dict[str, str]:
        """For each table of elements the one of the records they are of."""
        tables = self.tables if self.children else ()
        return {
            child.table: table
            for table in tables
            for child in (self.children.tables(table, self.key).values() if self.children else ())
        }

    @property
    def _child_tables(self) -> list[Child]:
        if not self.children:
            return []
        return [one for table in self.tables for one in self.children.tables(table, self.key).values()]

    def raw(self, record: Record) -> str:
        """A record's JSON in the form in which it may be kept."""
        return self.chain.raw(record) if self.chain else encode(record).decode()

    def rows(self, records: Sequence[Record], hashes: Hashes, sequence: range) -> tuple[Rows, list[Reject]]:
        """The rows of each table, in the order of their records, and what cannot be a row."""
        if not records:
            return [], []
        if not self.is_needed:
            rows, refused = self._held(self.table, records, hashes, sequence)
            return [(self.table, rows)], [Reject(one.error, self.raw(one.record)) for one in refused]
        found, rejects = Rows(), list[Reject]()
        numbers = count(sequence.start)
        for is_dead, group in groupby(zip(records, hashes, strict=True), key=lambda pair: pair[1] is None):
            shaped = self._shaped(map(itemgetter(0), group))
            refused = self._routed(shaped, numbers, found, is_dead=is_dead)
            rejects += [*shaped.rejects, *shaped.rejects_of(refused)]
        return found, rejects

    def again(self, raws: Sequence[str]) -> tuple[Batch, list[Reject]]:
        """The rows of records that were kept as raw JSON."""
        shaped = self.chain.again(raws) if self.chain else Shaped()
        hashes = list(map(row_hash, shaped.records))
        rows = self.fields.rows(shaped.records, hashes, range(len(hashes)))
        return self.fields.accept(rows), shaped.rejects

    def _shaped(self, records: Iterable[Record]) -> Shaped:
        if self.chain:
            return self.chain(records)
        shaped = Shaped()
        for record in records:
            shaped.add({**record}, record)
        return shaped

    def _routed(self, shaped: Shaped, numbers: Iterator[int], found: Rows, *, is_dead: bool) -> list[Refused]:
        """Add the rows of shaped records to their tables; what is filtered or elsewhere is dead there."""
        if is_dead:
            dead = [tuple(record[name] for name in self.key) for record in shaped.records]
            routed, gone = Routed({}), {table: [*dead, *shaped.filtered] for table in self.tables}
        else:
            routed = self._destined(shaped.records)
            gone = {table: [*keys, *shaped.filtered] for table, keys in routed.strangers(self.key)}
        refused = [*routed.refused]
        for table in self.tables:
            refused += self._living(table, routed.tables.get(table, []), numbers, found)
            self._dead(table, gone[table], numbers, found)
        return refused

    def _destined(self, records: list[Record]) -> Routed:
        return self.route.prepared()(records) if self.route else Routed({self.table: records})

    @property
    def tables(self) -> Sequence[str]:
        """Those that records go to, without those of their children."""
        return self.route.names if self.route else [self.table]

    def _living(
        self, table: str, records: Sequence[Record], numbers: Iterator[int], found: Rows
    ) -> list[Refused]:
        if not records:
            return []
        sequence = [next(numbers) for _ in records]
        split = self.children.split(records, table, self.key) if self.children else None
        kept = split.records if split else records
        rows, refused = self._held(table, kept, None, sequence)
        found.append((table, rows))
        for child, elements in split.rows.items() if split else ():
            owners = [sequence[owner] for owner in split.owners[child]] if split else []
            self._elements(child, elements, owners, found)
        if split:
            self._parents(table, kept, sequence, found, split)
        return [*refused, *(split.refused if split else ())]

    def _dead(
        self, table: str, keys: Sequence[tuple[object, ...]], numbers: Iterator[int], found: Rows
    ) -> None:
        if keys:
            sequence = [next(numbers) for _ in keys]
            records = [dict(zip(self.key, key, strict=True)) for key in keys]
            found.append((table, self.all_fields[table].rows(records, [None] * len(keys), sequence)))
            self._parents(table, records, sequence, found)

    def _elements(self, child: Child, elements: list[Record], owners: Sequence[int], found: Rows) -> None:
        if elements:
            fields, hashes = self.all_fields[child.table], list(map(row_hash, elements))
            found.append((child.table, fields.accept(fields.rows(elements, hashes, owners))))

    def _parents(
        self,
        table: str,
        records: Sequence[Record],
        sequence: Sequence[int],
        found: Rows,
        split: Split | None = None,
    ) -> None:
        """A dead row for each parent in each table of elements, whose place tells how many it has."""
        for child in self.children.tables(table, self.key).values() if self.children else ():
            counts = Counter(split.owners[child] if split else ())
            marks = [
                dict(zip(child.parent, (record[name] for name in self.key), strict=True))
                | {child.key[-1]: -1 - counts[number]}
                for number, record in enumerate(records)
            ]
            rows = self.all_fields[child.table].rows(marks, [None] * len(marks), sequence)
            found.append((child.table, rows))

    def _held(
        self, table: str, records: Sequence[Record], hashes: Hashes | None, sequence: Sequence[int]
    ) -> tuple[Batch, list[Refused]]:
        """The rows of records that keep to the contract. Without `hashes` they are made."""
        fields, before = self.all_fields[table], self.before.get(table, {})
        rows = fields.rows(records, hashes or list(map(row_hash, records)), sequence)
        if not self.contract or not self.contract.broken_by(before, rows.kinds):
            return fields.accept(rows), []
        held = self.contract.held(self.name, before, fields.names, records)
        rows = fields.rows(held.records, list(map(row_hash, held.records)), sequence)
        return fields.accept(rows), held.refused
