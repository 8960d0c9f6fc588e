"""What a table must hold at the end, by a way that no contestant takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import psycopg

from bench.contestants.table import TYPES
from bench.database import Postgres
from bench.records import Listing

CHUNK = 1000


def projection(name: str, type_: str) -> str:
    text = f'"{name}"'
    if type_ == "timestamptz":
        text = f"extract(epoch FROM {text})"
    return f"coalesce({text}::text, '∅')"


LINE = " || '|' || ".join(projection(name, type_) for name, type_ in TYPES.items())


def checksum(conn: psycopg.Connection[Any], table: str) -> str:
    """One sum over all columns of all rows, in the order of their ids."""
    statement = f"SELECT md5(string_agg(md5({LINE}), '' ORDER BY id)) FROM {table}"  # noqa: S608 - names only
    (found,) = conn.execute(statement).fetchone() or ("",)
    return str(found)


@dataclass
class Truth:
    """Computes each checksum once, in a database apart."""

    postgres: Postgres
    known: dict[tuple[int, bool], str] = field(default_factory=dict)

    def of(self, records: int, *, is_edited: bool) -> str:
        key = (records, is_edited)
        if key not in self.known:
            self.known[key] = self._computed(Listing(records, has_edits=is_edited))
        return self.known[key]

    def _computed(self, listing: Listing) -> str:
        columns = ", ".join(f'"{name}" {type_.split()[0]}' for name, type_ in TYPES.items())
        statement = f"INSERT INTO truth SELECT * FROM jsonb_to_recordset(%s::jsonb) AS _({columns})"  # noqa: S608
        with self.postgres.database("truth") as url, psycopg.connect(url) as conn:
            conn.execute(f"CREATE TABLE truth ({columns})")
            for start in range(0, listing.count, CHUNK):
                conn.execute(statement, [listing.cut(start, start + CHUNK).decode()])
            return checksum(conn, "truth")
