"""Where the syncs write: a PostgreSQL that can be torn down in the middle of everything, and SQLite files."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tests.servers import free_port, postgres_programs

# The machine stays up, so nothing needs to reach the disk; but what was acknowledged must be written.
SETTINGS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=on -c max_connections=50"


class Place(Protocol):
    """A database."""

    name: str
    can_restart: bool

    def url(self, round_: int) -> str: ...
    def restart(self) -> None: ...


@dataclass
class SQLite:
    """One file for each round."""

    folder: Path
    name: str = "sqlite"
    can_restart: bool = False

    def url(self, round_: int) -> str:
        return f"sqlite:///{self.folder}/{round_}.db"

    def restart(self) -> None:
        """A file does not stop."""


@dataclass
class Postgres:
    """A server that is not asked before it is stopped."""

    folder: Path
    port: int
    user: str | None
    name: str = "postgresql"
    can_restart: bool = True

    def url(self, round_: int) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def restart(self) -> None:
        self.stop()
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' {SETTINGS}"
        self.call("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self.call("pg_ctl", "-m", "immediate", "-w", "stop")

    def call(self, program: str, *arguments: str) -> None:
        command = [str(postgres_programs() / program), "-D", str(self.folder / "data"), *arguments]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(command, check=True, user=self.user, cwd="/", **quiet)


@contextmanager
def places() -> Iterator[tuple[Place, ...]]:
    """Both, for as long as it takes."""
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses root
    if user:
        shutil.chown(folder, user)
    server = Postgres(folder, free_port(), user)
    server.call("initdb", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
    server.start()
    try:
        yield server, SQLite(Path(tempfile.mkdtemp(prefix="lite-", dir=folder)))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
