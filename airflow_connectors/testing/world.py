"""The data of one integration: seeded, deterministic, and changing on request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from math import ceil
from random import Random
from typing import Any, ClassVar

from airflow_connectors.core import (
    Record,
    Stream,
    epoch,
    epoch_ms,
    from_epoch,
    from_epoch_ms,
    from_iso,
    iso,
)

from .bodies import plant
from .draft import Draft, moment_of
from .hooks import hook_of
from .manners import Manners
from .table import Key, Table

BEGIN = datetime(2025, 10, 1, tzinfo=UTC)
END = datetime(2026, 1, 1, tzinfo=UTC)
WRITERS: Mapping[Any, Callable[[datetime], Any]] = {
    from_iso: iso,
    from_epoch: epoch,
    from_epoch_ms: epoch_ms,
}


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Changes:
    """What a mutation did to one stream."""

    updated: int = 0
    added: int = 0
    deleted: int = 0

    def __add__(self, other: Changes) -> Changes:
        return Changes(self.updated + other.updated, self.added + other.added, self.deleted + other.deleted)


class World(Manners):
    """
    The records of every stream and partition, made by one method per stream.

    `sizes` says how many each partition has, `places` the values of each partition option: both are
    defaults, and keywords of the constructor. `home` is the service's own address, as records contain it.
    Streams in `lasting` only grow.
    """

    integration: ClassVar[str]
    home: ClassVar[str] = ""
    sizes: ClassVar[Mapping[str, int]] = {}
    places: ClassVar[Mapping[str, Sequence[str]]] = {}
    lasting: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *, seed: int = 1, clock: Callable[[], datetime] = now, **options: Any) -> None:
        if unknown := options.keys() - self.sizes.keys() - self.places.keys():
            known = ", ".join((*self.sizes, *self.places))
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}; it has {known}")
        self.seed, self.clock, self.random = seed, clock, Random(seed)  # noqa: S311 - it must repeat itself
        self.begin, self.end = BEGIN, END
        self.options = {**self.sizes, **self.places, **options}
        self.streams: dict[str, Stream] = hook_of(self.integration).streams
        self.url = self.home
        self._tables: dict[tuple[str, str], Table] = {}
        self.prepare()
        self._populate()

    def prepare(self) -> None:
        """Make what records share, such as people. Runs again when the address in them has changed."""

    def serve_at(self, url: str) -> None:
        """Let every link in the records lead to `url`, as a service's own do."""
        old, self.url = self.url, url
        if old:
            for table in self._tables.values():
                table.replace_text(old.encode(), url.encode())
        self.prepare()

    def _populate(self) -> None:
        for name, size in self.options.items():
            if name in self.sizes:
                for place in self.partitions(name):
                    self._fill(self.streams[name], place or "", size)

    def _fill(self, stream: Stream, place: str, size: int) -> None:
        random = Random(f"{self.seed} {stream.name} {place}")  # noqa: S311 - it must repeat itself
        table = Table(stream, lambda record: self.reference(stream, record))
        self._tables[stream.name, place] = table
        drafts = (
            Draft(number, moment_of(number, size, self.begin, self.end), self.end, place, random)
            for number in range(1, size + 1)
        )
        table.write(put=(self._made(stream, draft) for draft in drafts))

    def _made(self, stream: Stream, draft: Draft) -> Record:
        record: Record = getattr(self, stream.name)(draft)
        return record

    def partitions(self, stream: str) -> list[str | None]:
        """The partitions a stream has here."""
        partition = self.streams[stream].partition
        if partition is None:
            return [None]
        if partition.option in self.options:
            return list(self.options[partition.option])
        return [str(record[partition.field]) for record in self.records(partition.stream)]

    def table(self, stream: str, partition: str | None = None) -> Table:
        """A partition's table, by default that of the first."""
        return self._tables[stream, partition or self.partitions(stream)[0] or ""]

    def records(self, stream: str, partition: str | None = None) -> list[Record]:
        """The records as the service would show them, of one partition or of all."""
        places = [partition] if partition else self.partitions(stream)
        return list(chain.from_iterable(self.table(stream, place).records for place in places))

    def keys(self, stream: str, partition: str | None = None) -> list[Key]:
        """The primary keys as a reader of the stream gets them."""
        declared = self.streams[stream]
        places = [partition] if partition else self.partitions(stream)
        shaped = (declared.shaped(r, p) for p in places for r in self.table(stream, p).records)
        return [tuple(record[name] for name in declared.key) for record in shaped]

    def find(self, stream: str, key: Any, partition: str | None = None) -> Record | None:
        return self.table(stream, partition).find(key)

    def add(self, stream: str, partition: str | None = None, **fields: Any) -> Record:
        """Create one more record, now, with these fields and made-up others."""
        table, moment = self.table(stream, partition), self.clock().replace(microsecond=0)
        place = partition or self.partitions(stream)[0] or ""
        draft = Draft(table.numbered + 1, moment, moment, place, self.random)
        record = {**self._made(table.stream, draft), **fields}
        table.write(put=[record])
        return record

    def update(self, stream: str, key: Any, partition: str | None = None, **fields: Any) -> Record:
        """Change fields of a record, now. Raises KeyError if there is none."""
        table = self.table(stream, partition)
        record = table.find(key)
        if record is None:
            raise KeyError(key)
        record.update(fields)
        self.move(table.stream, record, self.clock())
        table.write(put=[record])
        return record

    def delete(self, stream: str, key: Any, partition: str | None = None) -> None:
        self.table(stream, partition).write(drop=[key if isinstance(key, tuple) else (key,)])

    def move(self, stream: Stream, record: Record, moment: datetime) -> None:
        """Set the cursor field of a record that has changed. Override where a change does not move it."""
        if stream.cursor:
            plant(record, stream.cursor.field, WRITERS[stream.cursor.parse](moment))

    def may_change(self, stream: Stream, record: Record) -> bool:
        """Whether `mutate` may change this one."""
        return True

    def change(self, stream: Stream, record: Record) -> None:
        """Alter something in a record, for `mutate`."""
        raise NotImplementedError(f"{type(self).__name__} does not say how {stream.name} change")

    def mutate(self, share: float = 0.01) -> dict[str, Changes]:
        """Change about that share of every stream with a cursor, and let a few come and go everywhere."""
        done: dict[str, Changes] = {}
        for (name, place), table in [*self._tables.items()]:
            done[name] = done.get(name, Changes()) + self._mutate(table, place, share)
        return done

    def _mutate(self, table: Table, place: str, share: float) -> Changes:
        is_lasting, few = table.stream.name in self.lasting, ceil(len(table) * share / 10)
        changed = [] if is_lasting or not table.stream.cursor else self._some(table, share)
        for record in changed:
            self.change(table.stream, record)
            self.move(table.stream, record, self.clock())
        spared = {table.key(record) for record in changed}
        others = [] if is_lasting else [key for key in table.keys if key not in spared]
        gone = self.random.sample(others, min(few, len(others)))
        table.write(put=changed, drop=gone)
        for _ in range(few):
            self.add(table.stream.name, place)
        return Changes(len(changed), few, len(gone))

    def _some(self, table: Table, share: float) -> list[Record]:
        """That share of a table's records, at least one if any may change."""
        able = [record for record in table.records if self.may_change(table.stream, record)]
        return self.random.sample(able, min(len(able), ceil(len(table) * share)))
