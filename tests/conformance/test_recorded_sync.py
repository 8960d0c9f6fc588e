"""The main job on data nobody here made: the example DAG's task syncs recorded GitHub answers into SQL."""

from __future__ import annotations

import json
import runpy
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from airflow_connectors.core import Record
from airflow_connectors.sync.names import folded

from . import reference
from .loopback import serving
from .recorded import lost, recordings_of
from .vendors import GITHUB

DAG = Path(__file__).parents[2] / "dags" / "github_to_warehouse.py"
# What was recorded as the first and only page of a whole list, with nearly our parameters.
WHOLE = {"commits", "issues", "pull_requests", "releases", "workflow_runs", "labels"}
LISTED = {"commits.test.json", "issues.test.json", "pull-requests.test.json", "releases.test.json"}
LISTED |= {"workflow-runs.test.json", "list-labels.test.json"}


@pytest.fixture(params=["sqlite", "postgresql"])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sa.URL:
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/w.db" if is_sqlite else request.getfixturevalue("postgres_url")
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", url)
    return sa.make_url(url if is_sqlite else url.replace("postgresql:", "postgresql+psycopg:"))


def synced(repository: str) -> dict[str, Any]:
    task = runpy.run_path(str(DAG))["dag"].get_task("sync")
    task.repositories, task.streams = [repository], sorted(WHOLE)
    try:
        return task.execute({})
    finally:
        task.hook.close()


def rows(warehouse: sa.URL, stream: str) -> list[Record]:
    table = f"github__{stream}" if warehouse.get_backend_name() == "sqlite" else f"github.{stream}"
    engine = sa.create_engine(warehouse)
    with engine.connect() as conn:
        found = [dict(row._mapping) for row in conn.exec_driver_sql(f"SELECT * FROM {table}")]  # noqa: S608
    engine.dispose()
    return found


def restored(row: Record, recorded: Record) -> Record:
    """A row as the record it was made of: each field in the type that was recorded."""
    return {name: as_recorded(row.get(folded(name)), value) for name, value in recorded.items()}


def as_recorded(stored: Any, recorded: Any) -> Any:
    if isinstance(recorded, dict | list) and isinstance(stored, str):
        return json.loads(stored)
    if isinstance(recorded, bool):
        return bool(stored)
    return recorded if moment(stored) == moment(recorded) is not None else stored


def moment(value: Any) -> datetime | None:
    """The moment that a value is, or that it is the text of: SQLite has no type for moments."""
    if not isinstance(value, str):
        return value if isinstance(value, datetime) else None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def test_the_example_dag_syncs_recorded_repositories_whole(warehouse, tally, connect):
    folder = reference.required("recordings") / "github"
    found = [r for r in recordings_of(GITHUB, folder) if r.exchange.file.name in LISTED and r.records]
    (repository,) = {recording.partition for recording in found}
    tool = reference.required("tools", "replay.py")
    with serving([sys.executable, tool, folder, "--port", 0]) as url:
        connect(GITHUB, url)
        summaries = synced(repository)
    for recording in found:
        key = recording.stream.key[-1]
        stored = {row[key]: row for row in rows(warehouse, recording.stream.name)}
        missing = lost(recording.records, [restored(stored[r[key]], r) for r in recording.records])
        tally.fields_lost += len(missing)
        assert (missing, len(stored)) == ([], len(recording.records)), str(recording)
    assert {name: summary["verdict"] for name, summary in summaries.items()} == dict.fromkeys(
        WHOLE, "complete"
    )
