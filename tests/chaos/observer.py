"""A process that looks at a table all the time, as its readers do, and says what it should not have seen."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import sqlalchemy as sa

from .streams import Kind
from .table import Table

PAUSE = 0.01


@dataclass
class Sight:
    """How often it looked, how many rows were there twice, and which had gone from one look to the next."""

    looks: int = 0
    doubled: int = 0
    rows: int = 0
    gone: list[list[Any]] = field(default_factory=list)
    last: set[tuple[Any, ...]] = field(default_factory=set)

    def see(self, keys: Sequence[tuple[Any, ...]]) -> None:
        found = set(keys)
        self.looks += 1
        self.doubled = max(self.doubled, len(keys) - len(found))
        self.gone += [list(key) for key in self.last - found]
        self.rows, self.last = len(keys), found

    def said(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "last"}


@dataclass
class Observer:
    """Watches one table until it is asked what it saw."""

    table: Table
    kind: Kind
    pid: int = field(init=False)
    read: int = field(init=False)

    def __post_init__(self) -> None:
        self.read, write = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            self._live(write)
        os.close(write)

    def report(self) -> Sight:
        """End it and hear what it saw."""
        os.kill(self.pid, signal.SIGTERM)
        with os.fdopen(self.read) as pipe:
            said = pipe.read()
        os.waitpid(self.pid, 0)
        return Sight(**json.loads(said))

    def _live(self, write: int) -> NoReturn:
        sight, stopped = Sight(), []
        signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        parent, engine, query = (
            os.getppid(),
            self.table.engine(),
            self.table.query(self.kind.keys, self.kind.over),
        )
        while not stopped and os.getppid() == parent:
            self._look(engine, query, sight)
            time.sleep(PAUSE)
        with os.fdopen(write, "w") as pipe:
            json.dump(sight.said(), pipe)
        os._exit(0)

    def _look(self, engine: sa.Engine, query: str, sight: Sight) -> None:
        """One look. There may be no table yet, or no database just now."""
        try:
            with engine.connect() as conn:
                found = [tuple(row) for row in conn.exec_driver_sql(query)]
        except sa.exc.DBAPIError:
            engine.dispose()
        else:
            sight.see(found)
