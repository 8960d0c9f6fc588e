"""What may change in a table's columns without anybody being asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from airflow_connectors.core import ConfigError, DataError, Record
from airflow_connectors.core.redaction import excerpt
from airflow_connectors.sync.kinds import Kind, kind_of

from .casting import EXACT
from .refused import Refused

encode = msgspec.json.Encoder().encode


class ContractViolation(DataError):
    """Records would change a table whose columns are frozen. Nothing of them is written."""


class Change(StrEnum):
    """What records that would change a table do: change it, fail the run, or go to the rejects."""

    EVOLVE = "evolve"
    FREEZE = "freeze"
    QUARANTINE = "quarantine"


@dataclass
class Held:
    """The records that keep to the contract, and those that do not."""

    records: Sequence[Record]
    refused: list[Refused] = field(default_factory=list)


@dataclass(frozen=True)
class Contract:
    """
    `Contract(columns="freeze", types="quarantine")`: about new columns, and about wider types of known ones.

    It holds from the second run on: a table that is not there yet takes the columns of the first. A field
    that is null in every record is no new column.
    """

    columns: Change | str = Change.EVOLVE
    types: Change | str = Change.EVOLVE

    def __post_init__(self) -> None:
        for name, change in vars(self).items():
            if change not in list(Change):
                raise ConfigError(f"Contract: {name}={change!r} is none of {', '.join(Change)}")

    def broken_by(self, known: Mapping[str, Kind], kinds: Mapping[str, Kind]) -> bool:
        """Whether records whose columns have these kinds might break it: a look at the columns alone."""
        return bool(known) and any(self._forbids(known, column, kind) for column, kind in kinds.items())

    def held(
        self, stream: str, known: Mapping[str, Kind], names: Mapping[str, str], records: Sequence[Record]
    ) -> Held:
        """
        Part the records that keep to it from those that do not. Raises ContractViolation for frozen columns.

        `known` are the table's columns, none if there is no table; `names` maps fields to columns.
        """
        if not known:
            return Held(records)
        suspects = [
            Column(name, column, known.get(column), self._change(known, column))
            for name, column in names.items()
            if self._forbids(known, column, _kind(records, name, known.get(column)))
        ]
        return _held(stream, suspects, records) if suspects else Held(records)

    def _change(self, known: Mapping[str, Kind], column: str) -> Change:
        return Change(self.types if column in known else self.columns)

    def _forbids(self, known: Mapping[str, Kind], column: str, kind: Kind | None) -> bool:
        if kind is None or kind is known.get(column):
            return False
        return self._change(known, column) is not Change.EVOLVE


def _kind(records: Iterable[Record], name: str, known: Kind | None) -> Kind | None:
    return kind_of([record.get(name) for record in records], known)


@dataclass(frozen=True)
class Column:
    """A column that some records would change, and what becomes of these."""

    name: str
    column: str
    known: Kind | None
    change: Change

    def kept(self, record: Record) -> Record | None:
        """The record as the column takes it; None if it does not."""
        value = record.get(self.name)
        if value is None or kind_of([value], self.known) is self.known:
            return record
        if self.known is Kind.FLOAT and type(value) is int and abs(value) <= EXACT:
            return {**record, self.name: float(value)}  # JSON's 2 and 2.0 are one number
        return None

    def broken(self, records: Sequence[Record]) -> str:
        """What is wrong with records that it does not take."""
        was, kind = self.known, _kind(records, self.name, None)
        where = f"the column {self.column!r}" + (f" (field {self.name!r})" * (self.column != self.name))
        if was is None:
            return f"{where} is new: {kind}, and new columns are to {self.change}"
        return f"{where} is {was} and would have to hold {kind}, and types are to {self.change}"

    @property
    def advice(self) -> str:
        allow = "Contract(types='evolve')" if self.known else "Contract(columns='evolve')"
        other = f"Cast({{{self.name!r}: '{self.known}'}})" if self.known else f"Drop({self.name!r})"
        return f"allow it with {allow} for one run, or use {other}"


def _held(stream: str, suspects: Sequence[Column], records: Sequence[Record]) -> Held:
    held = Held(records)
    for column in sorted(suspects, key=lambda column: column.change is not Change.FREEZE):
        taken = [(record, column.kept(record)) for record in held.records]
        bad = [record for record, kept in taken if kept is None]
        if bad and column.change is Change.FREEZE:
            raise _violation(stream, column, bad, len(records))
        held.records = [kept for _, kept in taken if kept is not None]
        held.refused += (_refused(stream, column, record) for record in bad)
    return held


def _refused(stream: str, column: Column, record: Record) -> Refused:
    return Refused(f"{stream}: {column.broken([record])}; {column.advice}", record)


def _violation(stream: str, column: Column, bad: Sequence[Record], count: int) -> ContractViolation:
    example = excerpt(encode(bad[0]))
    return ContractViolation(
        f"{stream}: {column.broken(bad)}: {len(bad)} of {count} records are so, the first is {example}; "
        f"none of them was written; {column.advice}"
    )
