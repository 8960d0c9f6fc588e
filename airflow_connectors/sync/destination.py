"""A schema in a SQL database that records are synced into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url

from .dialects import dialect_of
from .errors import DestinationError
from .names import checked


class Destination:
    """
    Where records go. Raises DestinationError, before anything is read, for what is not SQL or not there.

    Nothing is connected until `connect`; the URL's password is never shown.
    """

    def __init__(self, url: URL | str, schema: str) -> None:
        try:
            self.url = make_url(url)
        except sa.exc.ArgumentError as error:
            raise DestinationError("the destination's URL is not one that SQLAlchemy can read") from error
        self.schema = checked(schema)
        self.dialect = dialect_of(self.url.get_backend_name())

    @cached_property
    def engine(self) -> Engine:
        return self.dialect.engine(self.url)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """One connection with the schema in place. Temporary tables live as long as it does."""
        try:
            conn = self._opened()
        except sa.exc.DBAPIError as error:
            message = f"destination {self!r}: cannot connect: {error.orig}; check its connection and network"
            raise DestinationError(message) from error
        with conn:
            yield conn

    def _opened(self) -> Connection:
        with ExitStack() as stack:
            conn = stack.enter_context(self.engine.connect())
            with conn.begin():
                self.dialect.lock(conn, self.schema)
                self.dialect.create_schema(conn, self.schema)
            stack.pop_all()  # it stays open
        return conn

    def table(self, name: str, *columns: sa.schema.SchemaItem) -> sa.Table:
        """A table in this destination's schema, described but not created."""
        schema, placed = self.dialect.place(self.schema, name)
        return sa.Table(placed, sa.MetaData(), *columns, schema=schema)

    def close(self) -> None:
        if "engine" in vars(self):
            self.engine.dispose()

    def __repr__(self) -> str:
        shown = self.url.set(query={})  # drivers take passwords and tokens there too
        return f"{shown.render_as_string(hide_password=True)} schema {self.schema}"
