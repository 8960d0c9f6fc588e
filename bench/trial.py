"""One trial: a fresh database, one contestant, and what it cost."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from bench.contestants import ALL, Contestant
from bench.database import Postgres
from bench.environments import python_of
from bench.processes import Spent, run
from bench.records import EVERY
from bench.service import Service
from bench.truth import Truth, checksum

ROOT = Path(__file__).parents[1]
PATIENCE = 1800.0
MIB = 2**20
CURVE = 50  # every so many looks at the memory make a point: one a second
COMMITTED = "SELECT extract(epoch FROM timestamp) FROM pg_last_committed_xact()"
FOUND = """
    SELECT count(*), count(*) FILTER (WHERE xmin::text::bigint >= {before}),
           count(*) FILTER (WHERE title LIKE 'Edited: %') FROM {table}
"""
Row = dict[str, Any]


@dataclass(frozen=True)
class Trial:
    """`round` counts from 1. In the scenario "second" what is measured is the run after the first one."""

    scenario: str
    contestant: str
    flavour: str
    records: int
    round: int
    latency_ms: int = 0

    @property
    def is_second(self) -> bool:
        return self.scenario == "second"

    def __str__(self) -> str:
        slow = f" {self.latency_ms} ms" if self.latency_ms else ""
        return (
            f"{self.scenario:8} {self.contestant:12} {self.flavour:6} {self.records:>9,}{slow} #{self.round}"
        )


class Failed(Exception):
    """A contestant did not do its task."""


@dataclass(frozen=True)
class Bench:
    """What the trials share."""

    service: Service
    postgres: Postgres
    truth: Truth

    def carry_out(self, trial: Trial) -> Row:
        """The trial's row. What goes wrong for a contestant is in it, as `error`."""
        row = {
            **vars(trial),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "load": os.getloadavg()[0],
        }
        contestant = ALL[trial.contestant]
        try:
            python = python_of(contestant)
            with self.postgres.database("bench") as url, TemporaryDirectory(prefix="bench-") as folder:
                return row | Ground(self, trial, contestant, python, url, Path(folder)).measured()
        except (subprocess.CalledProcessError, psycopg.Error, Failed) as error:
            return row | {"error": str(error).strip()}


@dataclass(frozen=True)
class Ground:
    """Where one trial takes place."""

    bench: Bench
    trial: Trial
    contestant: Contestant
    python: Path
    url: str
    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def measured(self) -> Row:
        if self.trial.is_second:
            self._attempt(is_edited=False)
        before = self._mark()
        worked = self.bench.postgres.cpu()
        spent = self._attempt(is_edited=self.trial.is_second)
        row = self._row(spent, self.bench.postgres.cpu() - worked)
        return row | self._found(before) if self.contestant.table else row

    def _attempt(self, *, is_edited: bool) -> Spent:
        """Run the contestant to its end. Raises Failed where that is not a good one."""
        trial, service = self.trial, self.bench.service
        service.set(records=trial.records, latency_ms=trial.latency_ms, is_edited=is_edited)
        variant, folder = self.contestant.variant, str(self.folder)
        given = (service.url, self.url, str(trial.records), trial.flavour, variant, folder)
        spent = run(
            self.contestant.command(self.python, given),
            environment=self._environment(),
            cwd=ROOT,
            log=self.log,
            patience=PATIENCE,
        )
        if spent.ended - spent.began > PATIENCE:
            raise Failed(f"ended after {PATIENCE:.0f} s, because it was not done")
        if spent.code:
            raise Failed(f"exit {spent.code}: {self.log.read_text(errors='replace')[-600:]}")
        return spent

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("LANG", "TZ") if name in os.environ}
        path = f"{self.python.parent}:{os.environ['PATH']}"
        own = dict.fromkeys(("HOME", "TMPDIR", "AIRFLOW_HOME"), str(self.folder))
        return {**kept, **own, **self.contestant.settings, "PATH": path, "PYTHONPATH": str(ROOT)}

    def _mark(self) -> int:
        """A transaction after which everything is the contestant's."""
        with psycopg.connect(self.url) as conn:
            (mark,) = conn.execute("SELECT txid_current() % (1::bigint << 32)").fetchone() or (0,)
        return int(mark)

    def _row(self, spent: Spent, pg_cpu: float) -> Row:
        counts = self.bench.service.counts()
        last = self._committed() if self.contestant.table else counts["last"]
        row = {
            "error": "",
            "cpu_s": spent.cpu_s,
            "wall_s": last - counts["first"],
            "whole_s": spent.ended - spent.began,
            "pg_cpu_s": pg_cpu,
            "peak_mb": spent.peak / MIB,
            "requests": counts["requests"],
            "fetched": counts["records"],
            **self._reported(),
        }
        if self.trial.scenario == "soak":
            row["memory"] = [[round(at, 1), round(size / MIB, 1)] for at, size in spent.memory[::CURVE]]
        return {name: round(value, 3) if isinstance(value, float) else value for name, value in row.items()}

    def _reported(self) -> Row:
        """What the contestant said of itself."""
        found: Row = {}
        for line in self.log.read_text(errors="replace").splitlines():
            if line.startswith(('{"startup_cpu_s"', '{"engine_cpu_s"')):
                found |= json.loads(line)
        return found

    def _committed(self) -> float:
        """When the last transaction was committed that wrote anything."""
        with psycopg.connect(self.url) as conn:
            (moment,) = conn.execute(COMMITTED).fetchone() or (0,)
        return float(moment)

    def _found(self, before: int) -> Row:
        """What is in the table now, and how much of it this run wrote. Raises Failed if it is wrong."""
        trial, table = self.trial, self.contestant.table
        with psycopg.connect(self.url) as conn:
            rows, written, edited = (
                conn.execute(FOUND.format(before=before, table=table)).fetchone() or (0,) * 3
            )
            wanted = trial.records // EVERY if trial.is_second else 0
            if (rows, edited) != (trial.records, wanted):
                raise Failed(f"{rows} rows in the table, {edited} of them edited; {wanted} were")
            if self.contestant.is_exact and trial.scenario != "soak":
                truth = self.bench.truth.of(trial.records, is_edited=trial.is_second)
                if checksum(conn, table) != truth:
                    raise Failed("the table does not hold what was served")
        return {"rows": rows, "written": written}
