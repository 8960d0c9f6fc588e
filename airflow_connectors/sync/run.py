"""What all partitions of one run share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.engine import Connection

from .destination import Destination
from .ledger import Ledger
from .options import Write
from .reading import Reading
from .tables import Tables
from .write import Written, append, merge, scd2


@dataclass(kw_only=True)
class Run(Reading):
    """One run of one stream: its connections on both sides, its tables and its account."""

    destination: Destination
    conn: Connection
    ledger: Ledger
    targets: Mapping[str, Tables]
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def has_tables(self) -> bool:
        """Whether anything was ever written."""
        return any(tables.target is not None for tables in self.targets.values())

    def write_staged(self, tables: Tables, *, is_unique: bool) -> Written:
        """Bring the staged rows into their table, the way this run writes."""
        how, conn, dialect = self.options.write, self.conn, self.destination.dialect
        if how is Write.SCD2:
            return scd2(conn, dialect, tables, is_unique=is_unique, now=datetime.now(UTC))
        write = append if how is Write.APPEND else merge
        return write(conn, dialect, tables, is_unique=is_unique)
