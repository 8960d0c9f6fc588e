"""Every row of a bench, written as it comes, so that a bench that was interrupted goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from bench.trial import ROOT, Row, Trial

MEASURED = ("airflow_connectors/core", "airflow_connectors/sync", "bench/contestants", "bench/requirements")
MEASURING = ("server", "records", "database", "processes", "trial", "truth", "environments", "schedule")


def fingerprint() -> str:
    """What is measured and what measures: rows of another state of these are not mixed."""
    found = [
        path
        for folder in MEASURED
        for path in (ROOT / folder).rglob("*.*")
        if "__pycache__" not in path.parts
    ]
    found += [ROOT / "bench" / f"{name}.py" for name in MEASURING]
    return sha256(b"".join(path.read_bytes() for path in sorted(found))).hexdigest()[:16]


def key(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in vars(Trial("", "", "", 0, 0)))


@dataclass
class Results:
    """The rows so far. Those of a trial that failed are kept, and so is the fact."""

    path: Path
    code: str = field(default_factory=fingerprint)
    rows: list[Row] = field(default_factory=list)

    def resume(self) -> None:
        """Take up the rows that this very code has left."""
        if self.path.exists():
            lines = map(json.loads, self.path.read_text().splitlines())
            self.rows = [row for row in lines if row["code"] == self.code]

    def missing(self, trials: Iterable[Trial]) -> list[Trial]:
        known = set(map(key, self.rows))
        return [trial for trial in trials if key(vars(trial)) not in known]

    def add(self, row: Row) -> None:
        self.rows.append({**row, "code": self.code})
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(json.dumps(self.rows[-1], ensure_ascii=False) + "\n")
