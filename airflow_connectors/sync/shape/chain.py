"""
Transforms prepared for a run.

    record ─► Hash, Mask ─► kept as raw ─► the other transforms ─► a row
                                 │                │
                                 │                └─► rejected: with its error and the raw form
                                 └─► shaped again: for new columns, and after a fix

What hides something comes first, so that no form in which a record is kept shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from airflow_connectors.core import DataError, Record
from airflow_connectors.sync.batch import Reject
from airflow_connectors.sync.kinds import Kind, widened
from airflow_connectors.sync.names import RAW

from .paths import Step
from .refused import Refused

encode = msgspec.json.Encoder().encode
KeyOf = Callable[[Record], tuple[Any, ...]]


@dataclass
class Shaped:
    """
    What became of records. `filtered` are the keys of those left out, as they would be in the table.

    The rows of these keys, if there are any, are to be deleted: their records pass no more.
    """

    records: list[Record] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    filtered: list[tuple[Any, ...]] = field(default_factory=list)
    origins: dict[int, Record] = field(default_factory=dict)

    def add(self, record: Record, origin: Record) -> None:
        self.records.append(record)
        self.origins[id(record)] = origin

    def rejects_of(self, refused: Iterable[Refused]) -> list[Reject]:
        """Records that a later stage refused, with the raw form from which they can be shaped again."""
        return [Reject(one.error, encode(self.origins[id(one.record)]).decode()) for one in refused]


@dataclass(frozen=True)
class Chain:
    """
    Shapes records, without changing those it is given. Safe to use from several threads.

    `key` are the primary key's fields as they are afterwards, `promised` the kinds of fields that were cast.
    `unseen` are the fields that transforms name and no record has had so far: most likely mistakes.
    """

    key: tuple[str, ...]
    needed: tuple[str, ...]
    promised: Mapping[str, Kind]
    guards: Sequence[Step]
    steps: Sequence[Step]
    keys_at: Mapping[Step, KeyOf]
    keeps_raw: bool
    unseen: set[str]

    def __call__(self, records: Iterable[Record]) -> Shaped:
        """Shape records as they came."""
        shaped = Shaped()
        for record in records:
            self._shape(self._guarded(record), shaped)
        return shaped

    def again(self, raws: Iterable[str | bytes]) -> Shaped:
        """Shape records that were kept as raw texts."""
        shaped = Shaped()
        for raw in raws:
            self._shape(msgspec.json.decode(raw), shaped)
        return shaped

    def raw(self, record: Record) -> str:
        """A record's JSON text in the form in which it may be kept."""
        return encode(self._guarded(record)).decode()

    def _guarded(self, record: Record) -> Record:
        current = {**record}
        for step in self.guards:
            step(current)
        return current

    def _shape(self, guarded: Record, shaped: Shaped) -> None:
        # Steps change a record's fields, and the raw form is needed only where it is kept or a step fails.
        raw = encode(guarded).decode() if self.keeps_raw else None
        try:
            found = self._stepped({**guarded}, shaped)
        except DataError as error:
            shaped.rejects.append(Reject(str(error), raw or encode(guarded).decode()))
            return
        if found is None:
            return
        if raw is not None:
            _mark(found, raw)
        shaped.add(found, guarded)

    def _stepped(self, record: Record, shaped: Shaped) -> Record | None:
        for step in self.steps:
            following = step(record)
            if following is None:
                shaped.filtered.append(self.keys_at[step](record))
                return None
            record = following
        for name in self.needed:
            if record.get(name) is None:
                raise DataError(f"the transforms left no {name!r}, by which the record is known")
        return record

    def known(self, names: Mapping[str, str], kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        """A table's kinds with those that casts promise; `names` maps fields to columns."""
        found = dict(kinds)
        for name, kind in self.promised.items():
            column = names.get(name, name)
            found[column] = widened(found[column], kind) if column in found else kind
        return found


def _mark(record: Record, raw: str) -> None:
    if RAW in record:  # the service's own
        record[f"{RAW}_"] = record.pop(RAW)
    record[RAW] = raw
