"""What every write compares: a stream's table, and the rows that are to go into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from airflow_connectors.sync.names import DELETED_AT, ROW_HASH

Columns = ReadOnlyColumnCollection[str, Any]


@dataclass(frozen=True)
class Pair:
    """
    A target and a source, each row of which has an identity of its own.

    `identity` are the columns that tell which rows are the same record, `columns` those that are copied, and
    `marks` the values that each written row is given besides.
    """

    target: sa.Table
    source: sa.FromClause
    identity: Sequence[str]
    columns: Sequence[str]
    marks: Mapping[str, sa.ColumnElement[Any]]

    @property
    def is_same(self) -> sa.ColumnElement[bool]:
        return sa.and_(*(self.target.c[name] == self.source.c[name] for name in self.identity))

    def differs(self, other: Columns) -> sa.ColumnElement[bool]:
        """Whether a row's content is another one. Equal hashes are equal records; unequal ones may be too."""
        contents = [name for name in self.columns if name not in (*self.identity, ROW_HASH)]
        values = [self.target.c[name].is_distinct_from(other[name]) for name in contents]
        return sa.and_(self.target.c[ROW_HASH].is_distinct_from(other[ROW_HASH]), sa.or_(sa.false(), *values))

    def is_outdated(self, other: Columns) -> sa.ColumnElement[bool]:
        """Whether a row must be written again."""
        return sa.or_(self.target.c[DELETED_AT].is_not(None), self.differs(other))

    def changes(self, other: Columns) -> dict[str, sa.ColumnElement[Any]]:
        copied = {name: other[name] for name in self.columns if name not in self.identity}
        return {**copied, **self.marks, DELETED_AT: sa.null()}

    @property
    def names(self) -> list[str]:
        """The columns that a new row is given."""
        return [*self.columns, *self.marks]

    @property
    def rows(self) -> sa.Select[Any]:
        """The source's rows as they are to be in the target."""
        marks = [value.label(name) for name, value in self.marks.items()]
        return sa.select(*(self.source.c[name] for name in self.columns), *marks)

    def insert_absent(self, *where: sa.ColumnElement[bool]) -> sa.Insert:
        """Insert the source's rows for which the target has none that is the same record, and is so."""
        known = sa.exists().where(self.is_same, *where)
        return self.target.insert().from_select(self.names, self.rows.where(~known))
