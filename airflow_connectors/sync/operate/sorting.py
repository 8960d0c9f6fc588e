"""Rejects sorted into those that can be written now, those that are outdated, and those still bad."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from airflow_connectors.sync.intake import Intake
from airflow_connectors.sync.ledger import State
from airflow_connectors.sync.names import ROW_HASH
from airflow_connectors.sync.options import Write
from airflow_connectors.sync.partition import PartitionRun
from airflow_connectors.sync.run import Run
from airflow_connectors.sync.unit import Unit
from airflow_connectors.sync.verdict import Summary

from .rejected import Rejected
from .rereading import SPREAD, Rereader
from .rewriting import Origin, RejectWrite

WAITING = "it can be read now, but a newer version of the record cannot"
Identity = tuple[Any, ...]


@dataclass(frozen=True)
class Candidate:
    """A reject that can be read: its number in the chunk, its rows, and which record it is."""

    number: int
    reject: Rejected
    intake: Intake
    identity: Identity

    @property
    def origin(self) -> Origin:
        return Origin(self.reject.at, next(iter(self.intake.positions), None))


@dataclass
class Sorted:
    """The rejects of one chunk by what became of them."""

    written: list[str] = field(default_factory=list)
    superseded: list[str] = field(default_factory=list)
    bad: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Sorting:
    """
    Writes what can be written of rejects that come newest first.

    Of a record's versions only the newest one counts. While that is still bad, the older ones wait: later it
    could not be told any more that they are older.
    """

    run: Run
    rereader: Rereader
    done: set[Identity] = field(default_factory=set)
    blocked: set[Identity] = field(default_factory=set)

    def write(self, rejects: Sequence[Rejected], summary: Summary) -> Sorted:
        """Write rows, count them in `summary`, and say what became of each reject."""
        sorted_ = Sorted()
        candidates = self._read(rejects, sorted_)
        newest = {one.identity: one for one in reversed(candidates)}
        fresh = [one for key, one in newest.items() if key not in self.done | self.blocked]
        self._settle(fresh, sorted_, *self._write(fresh, summary))
        taken = {one.number for one in fresh}
        for one in candidates:
            if one.number in taken:
                continue
            if one.identity in self.blocked:
                sorted_.bad.append((one.reject.id, WAITING))
            else:
                sorted_.superseded.append(one.reject.id)
        return sorted_

    def _read(self, rejects: Sequence[Rejected], sorted_: Sorted) -> list[Candidate]:
        """Those that have become readable; the others are bad, and hold back older versions of theirs."""
        found = []
        for number, reject in enumerate(rejects):
            intake = self.rereader.read(reject, number)
            if intake.rejects:
                sorted_.bad.append((reject.id, intake.rejects[0].error))
                self.blocked.add(self.rereader.identity(reject))
            else:
                found.append(Candidate(number, reject, intake, self._identity(intake)))
        return found

    def _identity(self, intake: Intake) -> Identity:
        """What a record is known by, in whichever table its rows are."""
        for table, batch in intake.batches:
            tables = self.run.targets[table]
            if tables.parent or not batch.rows:
                continue
            keys = tables.keys or (ROW_HASH,)
            is_version = tables.write is Write.APPEND and tables.keys
            names = (*keys, ROW_HASH) if is_version else keys
            return tuple(batch.rows[0][batch.columns.index(name)] for name in names)
        return (id(intake),)

    def _write(self, fresh: Sequence[Candidate], summary: Summary) -> tuple[dict[int, str], set[int]]:
        """The errors of rejects that the database refuses still, and the numbers of outdated ones."""
        refused, outdated = dict[int, str](), set[int]()
        for some in self._rounds(fresh):
            outdated |= self._write_once(some, summary, refused)
        return refused, outdated

    def _write_once(self, some: Sequence[Candidate], summary: Summary, refused: dict[int, str]) -> set[int]:
        unit, run = Unit(), self.run
        part = PartitionRun(run, None, State(epoch=0))
        origins = {one.number: one.origin for one in some}
        for one in some:
            unit.add(part, one.intake)
        writes = [
            RejectWrite(run, unit, tables, summary, origins, refused) for tables in run.targets.values()
        ]
        for write in writes:
            write.fit()
        for write in writes:
            write.rows()
        return {number // SPREAD for number in unit.spared}

    def _rounds(self, fresh: Sequence[Candidate]) -> Iterable[list[Candidate]]:
        """The oldest version of each record, the next ones, and so on: a unit has each record once."""
        width = len(self.run.targets[self.rereader.shaping.tables[0]].keys) or None
        rounds: dict[int, list[Candidate]] = {}
        versions: Counter[Identity] = Counter()
        for one in reversed(fresh):
            record = one.identity[:width]
            rounds.setdefault(versions[record], []).append(one)
            versions[record] += 1
        return rounds.values()

    def _settle(
        self, fresh: Sequence[Candidate], sorted_: Sorted, refused: dict[int, str], outdated: set[int]
    ) -> None:
        for one in fresh:
            if one.number in refused:
                sorted_.bad.append((one.reject.id, refused[one.number]))
                self.blocked.add(one.identity)
                continue
            self.done.add(one.identity)
            (sorted_.superseded if one.number in outdated else sorted_.written).append(one.reject.id)
