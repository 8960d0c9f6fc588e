"""One trial: a fresh database, one contestant, and what it cost."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.contestants import ALL, Contestant
from bench.database import Postgres
from bench.environments import python_of
from bench.processes import Spent, run
from bench.service import Service
from bench.truth import Truth, checksum

ROOT = Path(__file__).parents[1]
PATIENCE = 1800.0
EDITED = "SELECT count(*) FROM {} WHERE title LIKE 'Edited: %'"
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


@dataclass(frozen=True)
class Bench:
    """What the trials share."""

    service: Service
    postgres: Postgres
    truth: Truth

    def carry_out(self, trial: Trial) -> Row:
        contestant = ALL[trial.contestant]
        with self.postgres.database("bench") as url, tempfile.TemporaryDirectory(prefix="bench-") as folder:
            ground = Ground(self, trial, contestant, url, Path(folder))
            if trial.is_second:
                ground.serve()
                first = ground.attempt()
                if first.code:
                    return ground.row(first, 0.0)
            ground.serve(is_edited=trial.is_second)
            before = ground.mark()
            worked = self.postgres.cpu()
            spent = ground.attempt()
            row = ground.row(spent, self.postgres.cpu() - worked)
            return row if row["error"] or not contestant.table else row | ground.found(before)


@dataclass(frozen=True)
class Ground:
    """Where one trial takes place."""

    bench: Bench
    trial: Trial
    contestant: Contestant
    url: str
    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def serve(self, *, is_edited: bool = False) -> None:
        self.bench.service.set(
            records=self.trial.records, latency_ms=self.trial.latency_ms, is_edited=is_edited
        )

    def attempt(self) -> Spent:
        python, trial = python_of(self.contestant), self.trial
        api = self.bench.service.url
        given = (api, self.url, str(trial.records), trial.flavour, self.contestant.variant, str(self.folder))
        command = self.contestant.command(python, given)
        return run(command, environment=self._environment(python), cwd=ROOT, log=self.log, patience=PATIENCE)

    def _environment(self, python: Path) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("LANG", "TZ") if name in os.environ}
        path = f"{python.parent}:{os.environ['PATH']}"
        return {**kept, "PATH": path, "HOME": str(self.folder), "PYTHONPATH": str(ROOT), "AIRFLOW_HOME": str(self.folder)}

    def mark(self) -> int:
        """A transaction after which everything is the contestant's."""
        with psycopg.connect(self.url) as conn:
            (mark,) = conn.execute("SELECT txid_current() % (1::bigint << 32)").fetchone() or (0,)
        return int(mark)

    def row(self, spent: Spent, pg_cpu: float) -> Row:
        counts, reported = self.bench.service.counts(), self._reported()
        last = self._committed() if self.contestant.table else counts["last"]
        return {
            **vars(self.trial),
            "error": self._error(spent.code),
            "cpu_s": round(spent.cpu_s, 3),
            "wall_s": round(last - counts["first"], 3),
            "whole_s": round(spent.ended - spent.began, 3),
            "pg_cpu_s": round(pg_cpu, 2),
            "peak_mb": round(spent.peak / 2**20, 1),
            "requests": counts["requests"],
            "fetched": counts["records"],
            **{name: round(value, 3) for name, value in reported.items()},
        }

    def _error(self, code: int) -> str | None:
        return f"exit {code}: {self.log.read_text()[-600:].strip()}" if code else None

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
            (moment,) = conn.execute(
                "SELECT extract(epoch FROM timestamp) FROM pg_last_committed_xact()"
            ).fetchone() or (0,)
        return float(moment)

    def found(self, before: int) -> Row:
        """What is in the table now, and how much of it this run wrote."""
        with psycopg.connect(self.url) as conn:
            rows, written = conn.execute(
                f"SELECT count(*), count(*) FILTER (WHERE xmin::text::bigint >= {before})"  # noqa: S608
                f" FROM {self.contestant.table}"
            ).fetchone() or (0, 0)
            found: Row = {"rows": rows, "written": written}
            if self.trial.is_second:
                (found["edited"],) = conn.execute(EDITED.format(self.contestant.table)).fetchone() or (0,)
            if self.contestant.is_exact:
                truth = self.bench.truth.of(self.trial.records, is_edited=self.trial.is_second)
                found["is_exact"] = checksum(conn, self.contestant.table) == truth
        return found | ({"error": f"{rows} rows in the table"} if rows != self.trial.records else {})
