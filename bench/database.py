"""A PostgreSQL for the bench: durable as in production, so that commits cost what they cost there."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from bench.processes import children, seconds
from tests.servers import free_port, postgres_programs

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "6GB",
    "autovacuum": "off",  # whose turn it takes is chance
    "track_commit_timestamp": "on",  # tells the moment of a run's last commit
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "''",
}


@dataclass(frozen=True)
class Postgres:
    port: int
    postmaster: int

    def url(self, database: str) -> str:
        """With a password, which nobody checks, because dlt insists on one."""
        return f"postgresql://postgres:any@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: sql.Composable) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as conn:
            conn.execute(statement)

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """An empty database, and nothing left to write for those that were there before."""
        there = sql.Identifier(name)
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(there))
        self.execute(sql.SQL("CREATE DATABASE {}").format(there))
        self.execute(sql.SQL("CHECKPOINT"))
        try:
            yield self.url(name)
        finally:
            self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(there))

    def cpu(self) -> float:
        """Seconds spent so far by the server and all that it started, once no client is served any more."""
        while self._clients():
            time.sleep(0.01)
        living = sum(seconds(pid) for pid in children(self.postmaster))
        return living + seconds(self.postmaster, with_reaped=True)

    def _clients(self) -> int:
        """How many clients there are, but for the one that asks."""
        with psycopg.connect(self.url("postgres")) as conn:
            found = conn.execute(
                "SELECT count(*) - 1 FROM pg_stat_activity WHERE backend_type = 'client backend'"
            ).fetchone()
        return int(found[0]) if found else 0


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Start a PostgreSQL in a folder of its own."""
    programs, port = postgres_programs(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="bench-postgres-"))
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses root
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(data), *arguments]
        subprocess.run(command, check=True, user=user, cwd="/", stdout=subprocess.DEVNULL)

    run("initdb", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
    options = " ".join(f"-c {name}={value}" for name, value in {**SETTINGS, "port": port}.items())
    run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield Postgres(port, int((data / "postmaster.pid").read_text().split()[0]))
    finally:
        run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)
