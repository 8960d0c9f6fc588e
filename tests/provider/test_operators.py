"""Operators as DAG authors write them, and everything a DAG or a connection can get wrong."""

from __future__ import annotations

import inspect
import json

import pytest
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization

from airflow_connectors.core import ConfigError
from airflow_connectors.integrations.github import (
    GitHubCreateIssueOperator,
    GitHubHook,
    GitHubReadOperator,
    GitHubSyncOperator,
    GitHubWorkflowRunSensor,
)
from airflow_connectors.provider.destinations import destination_of
from airflow_connectors.sync import DestinationError

GOOD = {"repositories": ["acme/rocket"], "destination": "warehouse", "schema": "github"}


def sync(**fields) -> GitHubSyncOperator:
    return GitHubSyncOperator(task_id="sync", **{**GOOD, **fields})


def test_an_operator_has_the_signature_it_declares():
    parameters = inspect.signature(GitHubCreateIssueOperator.__init__).parameters
    assert {"repository", "title", "body", "labels", "github_conn_id"} <= set(parameters)
    assert "repository" in GitHubCreateIssueOperator.template_fields


def test_default_args_and_mapping_work():
    with DAG("defaults", schedule=None, default_args={"repository": "acme/rocket"}):
        task = GitHubCreateIssueOperator(task_id="a", title="{{ ds }}")
        GitHubSyncOperator.partial(task_id="m", **GOOD).expand(streams=["issues", "labels"])
    assert (task.repository, task.github_conn_id) == ("acme/rocket", "github_default")


def test_a_dag_survives_serialization():
    with DAG("serialized", schedule=None) as dag:
        create = GitHubCreateIssueOperator(task_id="a", repository="acme/rocket", title="t")
        wait = GitHubWorkflowRunSensor(task_id="b", repository="acme/rocket", run_id=create.output)
        GitHubSyncOperator.partial(task_id="m", **GOOD).expand(streams=["issues", "labels"])
    assert wait.upstream_task_ids == {"a"}
    DagSerialization.from_dict(DagSerialization.to_dict(dag))


@pytest.mark.parametrize("fields", [{"repository": "a/b"}, {"repository": "a/b", "title": "t", "nope": 1}])
def test_missing_and_misspelt_arguments_are_errors(fields):
    with pytest.raises(TypeError):
        GitHubCreateIssueOperator(task_id="a", **fields)


def test_a_misspelt_argument_of_partial_is_an_error():
    with pytest.raises(TypeError):
        GitHubSyncOperator.partial(task_id="a", repositry=["a/b"])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"streams": ["isues"]}, "GitHub has no stream 'isues'; it has issues"),
        ({"streams": "isues"}, "no stream 'isues'"),
        ({"repositories": ["rocket"]}, "'rocket' is not a repository"),
        ({"repositories": ["a/../../user"]}, "is not a repository"),
        ({"repositories": []}, r"name them in repositories=\[…\]"),
        ({"write": "upsert"}, "write='upsert' is none of merge, replace, append"),
        ({"schema": 'a"; DROP TABLE x; --'}, "schema"),
    ],
)
def test_what_the_dag_alone_shows_to_be_wrong_is_said_when_it_is_parsed(fields, words):
    with pytest.raises(ConfigError, match=words):
        sync(**fields)


def test_templates_are_left_for_later():
    task = sync(streams="{{ params.streams }}", schema="{{ params.schema }}", repositories="{{ params.r }}")
    assert task.schema == "{{ params.schema }}"


def test_a_stream_is_checked_for_reading_as_well():
    with pytest.raises(ConfigError, match="no stream"):
        GitHubReadOperator(task_id="r", stream="isues", repositories=["a/b"])


def test_a_moment_that_is_none_is_named(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_GITHUB_DEFAULT", json.dumps({"conn_type": "github_api"}))
    task = GitHubReadOperator(task_id="r", stream="issues", repositories=["a/b"], since="last week")
    with pytest.raises(ConfigError, match="'last week' is not a moment"):
        task.execute({})


def test_a_missing_connection_says_how_to_make_it():
    with pytest.raises(ConfigError, match=r"'nowhere' does not exist: create it.*AIRFLOW_CONN_NOWHERE"):
        GitHubHook("nowhere").get("/user")


def test_a_hook_takes_its_id_as_airflow_passes_it_and_nothing_else():
    assert GitHubHook(github_conn_id="mine").conn_id == "mine"
    with pytest.raises(TypeError, match="gitub_conn_id"):
        GitHubHook(gitub_conn_id="mine")


def test_a_destination_that_does_not_exist_is_named():
    with pytest.raises(DestinationError, match="'nowhere' does not exist"):
        destination_of("nowhere", "s")


@pytest.mark.parametrize(
    ("connection", "words"),
    [
        ({"conn_type": "github_api"}, "not a SQL database"),
        ({"conn_type": "no_such_type"}, "no_such_type"),
    ],
)
def test_a_destination_that_is_not_sql_is_named(monkeypatch, connection, words):
    monkeypatch.setenv("AIRFLOW_CONN_ELSEWHERE", json.dumps(connection))
    with pytest.raises(DestinationError, match=words):
        destination_of("elsewhere", "s")


def test_an_official_sqlite_connection_is_a_destination(monkeypatch, tmp_path):
    file = tmp_path / "warehouse.db"
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps({"conn_type": "sqlite", "host": str(file)}))
    destination = destination_of("warehouse", "s")
    with destination.connect():
        assert file.exists()
    destination.close()


def test_an_official_postgres_connection_is_a_destination(monkeypatch, postgres_url):
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", postgres_url)
    destination = destination_of("warehouse", "s")
    with destination.connect() as conn:
        assert conn.exec_driver_sql("SELECT 1").scalar() == 1
    destination.close()
