"""What declares a window complete: the list of its files, written when all of them are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import msgspec

from airflow_connectors.core import DataError
from airflow_connectors.sync.kinds import Kind, widened

VERSION = 1


@dataclass(frozen=True)
class File:
    """A file of rows, of which `gone` tell of deleted records. `name` is relative to the root."""

    name: str
    rows: int
    gone: int
    size: int
    sha256: str

    @property
    def format(self) -> str:
        return self.name.rpartition("/")[2].partition(".")[2]

    def check(self, content: bytes) -> None:
        """Raise DataError for a content that is not the one that was written."""
        if sha256(content).hexdigest() != self.sha256:
            message = (
                f"{self.name} is not the file that its manifest lists, of {self.size:,} bytes; it has "
                f"{len(content):,} and another checksum: restore it, or sync with full_refresh=True"
            )
            raise DataError(message)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """
    One window of one partition. A snapshot replaces everything that began before it.

    `schema` maps columns to the widest kind that a file holds in them, `fields` to the names that the service
    gives. `rows` are those of living records.
    """

    connection: str
    stream: str
    table: str
    partition: str
    window: str
    run_id: str
    key: tuple[str, ...]
    is_snapshot: bool
    begun: datetime
    since: datetime | None
    until: datetime
    cursor_from: datetime | None
    cursor_to: datetime | None
    rows: int
    gone: int
    schema: dict[str, Kind]
    fields: dict[str, str]
    files: list[File]
    version: int = VERSION

    def dump(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self), indent=1)

    @classmethod
    def load(cls, content: bytes) -> Manifest:
        return msgspec.json.decode(content, type=cls)


def visible(manifests: Iterable[Manifest]) -> list[Manifest]:
    """Those that count, oldest first: of each partition the last snapshot and what began after it."""
    ordered = sorted(manifests, key=lambda one: (one.begun, one.window))
    latest = {(one.connection, one.partition): one for one in ordered if one.is_snapshot}

    def counts(one: Manifest) -> bool:
        snapshot = latest.get((one.connection, one.partition))
        return snapshot is None or one is snapshot or one.begun > snapshot.begun

    return list(filter(counts, ordered))


def union(schemas: Iterable[Mapping[str, Kind]]) -> dict[str, Kind]:
    """The columns of all, each as wide as the widest."""
    kinds: dict[str, Kind] = {}
    for schema in schemas:
        for column, kind in schema.items():
            kinds[column] = widened(kinds.get(column, kind), kind)
    return kinds
