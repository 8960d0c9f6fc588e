"""Rows made anew from the raw JSON that was kept with them: for new columns, without asking the service."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from airflow_connectors.core import ConfigError, Stream

from .destination import Destination
from .load import load
from .names import DELETED_AT, RAW
from .options import Options, Write
from .prepare import Find, open_tables, shaping_of
from .shaping import Shaping
from .tables import Tables
from .write import Written, merge, target_of

CHUNK = 5000
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reshape:
    """
    Makes the rows of a table again from their column `_raw`, as the options of a sync now say.

    `secret` finds the keys that transforms name. A run that writes the same rows waits, or is waited for.
    """

    destination: Destination
    secret: Find | None = None

    def run(self, stream: Stream, options: Options) -> Written:
        """Raises ConfigError for a table without raw JSON, and options that would move rows elsewhere."""
        if options.route or options.children or options.write is not Write.MERGE:
            raise ConfigError("rows are made again one for one: leave route, children and write as they are")
        shaping = shaping_of(stream, replace(options, keep_raw=True), self.secret)
        with self.destination.connect() as conn:
            with conn.begin():
                (tables,) = open_tables(conn, self.destination, shaping, options.write).values()
            if tables.target is None or RAW not in tables.kinds:
                raise ConfigError(f"{tables.name} keeps no raw JSON: sync it with keep_raw=True")
            return _total(_rewritten(conn, self.destination, shaping, tables))


def _rewritten(
    conn: Connection, destination: Destination, shaping: Shaping, tables: Tables
) -> Iterator[Written]:
    last: Any = None
    while True:
        _fit(conn, shaping, tables, last)
        with conn.begin():
            chunk = list(conn.execute(destination.dialect.locking(_next(tables, last))))
            if not chunk:
                return
            last = tuple(chunk[-1])[:-1]
            yield _written(conn, shaping, tables, [row[-1] for row in chunk])


def _fit(conn: Connection, shaping: Shaping, tables: Tables, last: Any) -> None:
    """Add the next rows' columns before any of the table is locked: MySQL would wait for that to end."""
    with conn.begin():
        raws = [row[-1] for row in conn.execute(_next(tables, last))]
    if raws:
        with conn.begin():
            tables.fit(conn, shaping.again(raws)[0].kinds, shaping.fields.given)


def _next(tables: Tables, last: Any) -> sa.Select[Any]:
    """The keys and raw JSON of the rows that follow the last ones, in the order of their keys."""
    columns = target_of(tables).c
    keys = [columns[name] for name in tables.keys]
    raw, deleted = columns[RAW], columns[DELETED_AT]
    query = sa.select(*keys, raw).where(raw.is_not(None), deleted.is_(None)).order_by(*keys).limit(CHUNK)
    return query if last is None else query.where(sa.tuple_(*keys) > sa.tuple_(*last))


def _written(conn: Connection, shaping: Shaping, tables: Tables, raws: list[str]) -> Written:
    rows, rejects = shaping.again(raws)
    tables.fit(conn, rows.kinds, shaping.fields.given)
    tables.stage_temporarily(conn)
    rejects += (reject for _, reject in load(conn, tables.dialect, tables, rows))
    for reject in rejects:
        log.warning("%s: a row stays as it was: %s", tables.name, reject.error)
    written = merge(conn, tables.dialect, tables, is_unique=True)
    tables.drop_stage(conn)
    return written


def _total(parts: Iterator[Written]) -> Written:
    found = list(parts)
    return Written(*(sum(getattr(part, name) for part in found) for name in ("new", "changed", "unchanged")))
