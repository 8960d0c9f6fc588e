"""What all partitions of one run into files share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

import msgspec

from airflow_connectors.core import ConfigError, Stream
from airflow_connectors.sync.fields import Fields
from airflow_connectors.sync.kinds import Kind
from airflow_connectors.sync.listing import Listing
from airflow_connectors.sync.names import RAW, ROW_HASH
from airflow_connectors.sync.options import Options, Write
from airflow_connectors.sync.prepare import Find, shaping_of
from airflow_connectors.sync.reading import Reading

from . import layout
from .formats import Format
from .manifest import union
from .sheet import MARKS
from .store import Store

if TYPE_CHECKING:
    from airflow_connectors.sync.shaping import Shaping


@dataclass(frozen=True)
class Columns:
    """A table's columns as they are remembered."""

    fields: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)


@dataclass(kw_only=True)
class FileRun(Reading):
    """One run of one stream: the store it goes to, and what is known of its columns."""

    store: Store
    suffix: str
    format: Format
    remembered: dict[str, Columns]
    reached: list[datetime] = field(default_factory=list)
    reject_numbers: Iterator[int] = field(default_factory=count)

    @property
    def has_tail(self) -> bool:
        """Whether the last version of a record is known: no other stream and no other table may end it."""
        is_alone = not self.stream.removals and not self.intaker.shaping.route
        return is_alone and self.listing is Listing.RECORDS and not self.options.is_backfill

    def key_columns(self, table: str) -> tuple[str, ...]:
        """What makes two rows the same record: the key, or where there is none the whole content."""
        return self.fields[table].columns(self.intaker.shaping.keys[table]) or (ROW_HASH,)

    @property
    def fields(self) -> Mapping[str, Fields]:
        """What is known of each table's columns."""
        return self.intaker.shaping.all_fields

    def remember_columns(self, table: str, kinds: Mapping[str, Kind]) -> None:
        """Keep which field each column belongs to, before a file is written that relies on it."""
        with self.intaker.lock:
            known = self.fields[table]
            known.kinds = union(
                [known.kinds, {column: kinds[column] for column in kinds if column not in MARKS}]
            )
            now = Columns(dict(known.given), dict(known.kinds))
            if now != self.remembered.get(table):
                self.store.write(layout.columns(self.connection, table), msgspec.json.encode(now))
                self.remembered[table] = now


def shaping_for_files(stream: Stream, options: Options, secret: Find | None) -> Shaping:
    """What the options make of records. Raises ConfigError for what only a database can do."""
    if options.write is Write.SCD2:
        raise ConfigError("write='scd2': files keep every version, but end none; use write='append'")
    if options.sweep:
        raise ConfigError(
            "sweep=True: in files there are no rows to compare keys with; use full_refresh=True"
        )
    if options.hard_delete:
        raise ConfigError("hard_delete=True: files keep every version; use write='replace'")
    if options.children:
        raise ConfigError("children: files have no tables of elements; arrays stay in their records, as JSON")
    return shaping_of(stream, options, secret)


def open_columns(store: Store, connection: str, shaping: Shaping) -> dict[str, Columns]:
    """The columns that each table is known to have; `shaping` learns them."""
    found = {}
    for table, key in shaping.keys.items():
        content = store.read(layout.columns(connection, table))
        found[table] = msgspec.json.decode(content, type=Columns) if content else Columns()
        fields = Fields({RAW: RAW, **found[table].fields}, dict(found[table].kinds))
        fields.columns(key)
        if shaping.chain:
            fields.learn(shaping.chain.promised)
            fields.kinds = shaping.chain.known(fields.names, fields.kinds)
        shaping.all_fields[table] = fields
    shaping.before = {table: columns.kinds for table, columns in found.items()}
    return found
