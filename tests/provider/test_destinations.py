"""Where a DAG may sync into: a connection, an embedded database, files; and what is refused."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time

import duckdb
import pyarrow.parquet as pq
import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import TaskDeferred
from airflow.serialization.serialized_objects import DagSerialization

from airflow_connectors.core import ConfigError
from airflow_connectors.integrations.github import GitHubHook, GitHubSyncOperator
from airflow_connectors.provider.destinations import destination_of
from airflow_connectors.provider.files import DATABASES, FORMATS, path_of
from airflow_connectors.sync import DestinationError, IncompleteSync, Stopped, files
from airflow_connectors.sync.dialects import DIALECTS
from airflow_connectors.sync.expectations import Expect
from airflow_connectors.sync.files import Manifested
from airflow_connectors.testing import Simulator
from airflow_connectors.testing.worlds.github import GitHubWorld
from tests.sync.files.test_s3 import BUCKET, connection, s3_url  # noqa: F401 - a fixture

REPOSITORY = "acme/rocket"
PASSWORD = "hunter2"


@pytest.fixture
def github(monkeypatch):
    with Simulator(GitHubHook, GitHubWorld(repositories=(REPOSITORY,), issues=40), page_size=10) as simulator:
        monkeypatch.setenv("AIRFLOW_CONN_GITHUB_DEFAULT", simulator.connection())
        yield simulator


@pytest.fixture
def lake(tmp_path):
    return f"file://{tmp_path}/lake"


def sync(destination: str, **fields) -> GitHubSyncOperator:
    given = {"streams": ["issues"], "repositories": [REPOSITORY], "schema": "github", **fields}
    return GitHubSyncOperator(task_id="sync", destination=destination, **given)


def executed(task, context=None):
    try:
        return task.execute(context or {})
    finally:
        task.hook.close()


def listed(destination: str, table: str = "issues") -> Manifested:
    return Manifested(path_of(destination, "github"), "github_default", table)


def issues(github) -> dict:
    return {record["id"]: record["title"] for record in github.world.records("issues")}


def titles(destination: str) -> dict:
    return {record["id"]: record["title"] for record in listed(destination).latest()}


def from_parquet(path: str) -> list[dict]:
    return pq.read_table(path.removeprefix("file://")).to_pylist()


def from_lines(path: str) -> list[dict]:
    with open(path.removeprefix("file://"), "rb") as file:  # noqa: PTH123 - a path as others get it
        return [json.loads(line) for line in file]


READERS = {None: from_parquet, "parquet": from_parquet, "jsonl": from_lines}


@pytest.mark.parametrize(("format_", "read"), READERS.items(), ids=str)
def test_streams_land_in_files_as_other_programs_read_them(github, lake, format_, read):
    result = executed(sync(lake, format=format_))
    rows = [row for path in listed(lake).paths for row in read(path)]
    assert result["issues"]["new"] == len(rows) == 40
    assert {row["id"]: row["title"] for row in rows} == issues(github)


def test_zipped_lines_are_a_format_too(github, lake):
    executed(sync(lake, format="jsonl.gz"))
    assert listed(lake).paths[0].endswith(".jsonl.gz")
    assert titles(lake) == issues(github)


def test_the_next_task_goes_on_where_the_files_end(github, lake):
    executed(sync(lake))
    before = len(github.requests)
    github.world.add("issues", REPOSITORY)
    assert executed(sync(lake))["issues"]["new"] == 1
    assert len(github.requests) - before == 1
    assert titles(lake) == issues(github)


@pytest.mark.usefixtures("github")
def test_every_stream_has_a_folder_and_an_account(lake):
    result = executed(sync(lake, streams=["issues", "labels"]))
    assert result["labels"]["new"] == len(list(listed(lake, "labels").latest()))
    assert json.loads(json.dumps(result)) == result


@pytest.mark.usefixtures("github")
def test_a_bucket_takes_files_by_its_connection(s3_url, monkeypatch):  # noqa: F811 - the fixture
    monkeypatch.setenv("AIRFLOW_CONN_POND", connection(s3_url))
    destination = f"s3://pond@{BUCKET}/operator"
    assert executed(sync(destination))["issues"]["new"] == 40
    assert listed(destination).dataset().count_rows() == 40


def test_an_embedded_database_needs_a_url_only(github, tmp_path):
    executed(sync(f"duckdb:///{tmp_path}/w.duckdb"))
    with duckdb.connect(f"{tmp_path}/w.duckdb") as warehouse:
        found = warehouse.execute("SELECT id, title FROM github.issues").fetchall()
    assert dict(found) == issues(github)


def test_sqlite_is_one_as_well_and_goes_on(github, tmp_path):
    destination = f"sqlite:///{tmp_path}/w.db"
    executed(sync(destination))
    assert executed(sync(destination))["issues"]["new"] == 0
    warehouse = sqlite3.connect(tmp_path / "w.db")
    assert dict(warehouse.execute("SELECT id, title FROM github__issues")) == issues(github)
    warehouse.close()


# A task's ways are the same, whatever it syncs into.


def test_a_killed_task_keeps_its_files_and_the_next_one_goes_on(github, lake):
    task = sync(lake, concurrency=1)

    def kill():
        task.on_kill()
        time.sleep(0.5)

    github.before(3, kill)
    with pytest.raises(Stopped):
        executed(task)
    github.requests.clear()
    executed(sync(lake))
    assert len(github.requests) < 4
    assert titles(lake) == issues(github)


def test_a_long_pause_defers_the_task_which_goes_on(github, lake):
    github.fail(429, headers={"retry-after": "1200"}, path="labels")
    with pytest.raises(TaskDeferred):
        executed(sync(lake, streams=["issues", "labels"]))
    result = sync(lake, streams=["issues", "labels"]).resume({})
    assert (result["issues"]["new"], result["labels"]["verdict"]) == (0, "complete")


@pytest.mark.usefixtures("github")
def test_what_is_not_as_expected_fails_the_task(lake):
    with pytest.raises(IncompleteSync, match="min_records=50"):
        executed(sync(lake, expect=Expect(min_records=50)))


def test_a_hash_takes_its_key_from_a_connection(github, lake, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_PII", json.dumps({"conn_type": "generic", "password": "k" * 32}))
    executed(sync(lake, transforms=[{"hash": {"fields": "title", "key": "pii"}}]))
    assert titles(lake).keys() == issues(github).keys()
    assert not set(titles(lake).values()) & set(issues(github).values())


@pytest.mark.usefixtures("github")
def test_routes_and_replacing_work_in_files(lake):
    route = {"tables": {"open": ["state", "=", "open"]}, "default": "others"}
    executed(sync(lake, write="replace", route=route))
    assert sum(len(list(listed(lake, table).latest())) for table in ("open", "others")) == 40


# What is refused as the DAG is parsed.

WITH_SECRETS = [
    f"postgresql://me:{PASSWORD}@db.example/warehouse",
    f"mysql+pymysql://me:a/{PASSWORD}@db.example/warehouse",
    f"s3://AKIA:{PASSWORD}@bucket/prefix",
    f"duckdb:///md:warehouse?motherduck_token={PASSWORD}",
    f"postgresql:///warehouse?user=me&password={PASSWORD}",
]


@pytest.mark.parametrize("destination", WITH_SECRETS, ids=lambda url: url.partition(":")[0])
def test_a_secret_in_a_url_is_refused_and_not_repeated(destination):
    with pytest.raises(ConfigError, match=r"carries a secret.*make a connection under Admin") as error:
        sync(destination)
    assert PASSWORD not in str(error.value)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"destination": "postgresql://db.example/warehouse"},
            "postgresql:// leads to a server: make a conn",
        ),
        ({"destination": "mysql+pymysql://me@db.example"}, "leads to a server"),
        ({"destination": "duckdb:///w.duckdb"}, "the whole path of a file, after four slashes"),
        ({"destination": "duckdb://data/w.duckdb"}, "four slashes"),
        ({"destination": "sqlite:///:memory:"}, "the whole path"),
        ({"destination": "sqlite:////"}, "the whole path"),
        ({"destination": "file:///data", "format": "csv"}, "format='csv' is none of parquet, jsonl"),
        ({"destination": "warehouse", "format": "parquet"}, "format='parquet' is for files, and 'warehouse'"),
        ({"destination": "sqlite:////w.db", "format": "jsonl"}, "is for files"),
        ({"write": "scd2"}, "write='scd2': files keep every version"),
        ({"sweep": True}, "sweep=True: in files"),
        ({"hard_delete": True}, "hard_delete=True: files keep every version"),
        ({"children": ["labels"]}, "children=.*: files have no tables of elements"),
        ({"expect": Expect(min_rows=1)}, "min_rows: .*use min_records"),
        ({"expect": {"issues": Expect(min_rows=1)}}, "min_rows: .*use min_records"),
    ],
    ids=lambda value: None if isinstance(value, dict) else value[:25],
)
def test_what_cannot_be_is_said_when_the_dag_is_parsed(fields, words):
    with pytest.raises(ConfigError, match=words):
        sync(**{"destination": "file:///data", **fields})


def test_a_path_may_hold_what_looks_like_a_password():
    assert sync("s3://pond@bucket/at:noon/a@b").destination
    assert sync("file:///data/at:noon/a@b").destination


def test_templates_are_looked_at_when_they_are_rendered(lake):
    task = sync("{{ params.destination }}", hard_delete=True, format="{{ params.format }}")
    task.destination, task.format = lake, "parquet"
    with pytest.raises(ConfigError, match="hard_delete"):
        executed(task)


def test_a_dag_with_files_survives_serialization():
    with DAG("files", schedule=None) as dag:
        sync("s3://pond@bucket/prefix", format="jsonl")
        GitHubSyncOperator.partial(
            task_id="mapped", destination="s3://pond@bucket/prefix", schema="github", repositories=["a/b"]
        ).expand(streams=["issues", "labels"])
    DagSerialization.from_dict(DagSerialization.to_dict(dag))


def test_declaring_a_sync_imports_neither_the_engine_nor_arrow():
    program = """if True:
        import sys
        from airflow_connectors.integrations.github import GitHubSyncOperator
        for destination in ("warehouse", "s3://bucket/prefix", "sqlite:////data/w.db"):
            GitHubSyncOperator(task_id="t", destination=destination, schema="s", repositories=["a/b"])
        ours = ("files", "engine", "destination", "dialects")
        heavy = {"pyarrow", "duckdb", *(f"airflow_connectors.sync.{name}" for name in ours)}
        sys.exit(", ".join(heavy & sys.modules.keys()) or 0)
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_checked_without_the_engine_is_what_the_engine_has():
    assert FORMATS == files.FORMATS
    assert DIALECTS.keys() <= DATABASES


# The same for the commands, which work on databases.


def test_a_databases_url_is_a_destination(tmp_path):
    destination = destination_of(f"duckdb:///{tmp_path}/w.duckdb", "github")
    with destination.connect() as conn:
        assert conn.exec_driver_sql("SELECT 42").scalar() == 42
    destination.close()


def test_files_are_no_destination_for_commands():
    with pytest.raises(DestinationError, match="s3://bucket leads to files, and this works on SQL"):
        destination_of("s3://bucket", "github")


def test_an_object_stores_connection_alone_is_told_how_to_write_the_path(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_POND", json.dumps({"conn_type": "aws"}))
    with pytest.raises(DestinationError, match="not a SQL database; for files give a path, such as s3://"):
        destination_of("pond", "github")


def test_a_connection_to_no_file_is_no_destination(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps({"conn_type": "sqlite"}))
    with pytest.raises(DestinationError, match="'warehouse' is in memory and ends with the task"):
        destination_of("warehouse", "github")
