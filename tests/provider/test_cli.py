"""`airflow connectors …`: what a person types, and what is answered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

import pytest
from airflow.cli.cli_config import GroupCommand
from airflow.cli.cli_parser import _add_command

from airflow_connectors.integrations.github import GitHubHook, GitHubSyncOperator
from airflow_connectors.provider.cli import get_commands
from airflow_connectors.testing import Simulator
from airflow_connectors.testing.worlds.github import GitHubWorld

REPOSITORIES = ("acme/rocket", "acme/lander")
WHERE = ("-d", "warehouse", "-s", "github")
THEIRS = ("--set", "repositories=acme/rocket,acme/lander")


@pytest.fixture
def github(monkeypatch):
    with Simulator(GitHubHook, GitHubWorld(repositories=REPOSITORIES, issues=40), page_size=10) as simulator:
        monkeypatch.setenv("AIRFLOW_CONN_GITHUB_DEFAULT", simulator.connection())
        yield simulator


@pytest.fixture
def warehouse(monkeypatch, tmp_path):
    file = tmp_path / "warehouse.db"
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps({"conn_type": "sqlite", "host": str(file)}))
    return file


@pytest.fixture
def airflow(capsys, monkeypatch, github, warehouse):  # noqa: ARG001 - the connections
    """`airflow connectors …` in this process; what it printed."""
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "")
    parser = ArgumentParser("airflow")
    groups = parser.add_subparsers()
    for command in get_commands():
        _add_command(groups, command)

    def run(*arguments: str) -> str:
        chosen = parser.parse_args(["connectors", *arguments])
        capsys.readouterr()
        chosen.func(chosen)
        return capsys.readouterr().out

    return run


def live(**fields):
    task = GitHubSyncOperator(
        task_id="sync",
        destination="warehouse",
        schema="github",
        **{"streams": ["issues"], "repositories": list(REPOSITORIES), **fields},
    )
    try:
        return task.execute({})
    finally:
        task.hook.close()


def test_a_plan_is_printed_and_nothing_is_made(airflow, github, warehouse):
    text = airflow("plan", "github_default", *WHERE, "--stream", "issues", *THEIRS)
    assert text.startswith("issues -> github.issues\n  reads     first, 2 partition(s)\n")
    assert not warehouse.exists()
    assert list(github.requests) == []


def test_a_probe_sends_one_request_for_each_stream(airflow, github):
    airflow("plan", "github_default", *WHERE, "--stream", "issues", "--stream", "labels", *THEIRS, "--probe")
    assert len(github.requests) == 2


def test_a_plan_can_be_read_by_programs(airflow):
    (found,) = json.loads(
        airflow("plan", "github_default", *WHERE, "--stream", "issues", *THEIRS, "-o", "json")
    )
    assert [one["partition"] for one in found["readings"]] == list(REPOSITORIES)


def test_the_state_is_a_table_of_partitions(airflow):
    live()
    lines = airflow("state", *WHERE).splitlines()
    assert lines[0].split() == [
        *("connection", "table", "partition", "cursor", "age", "interrupted", "epoch"),
        *("updated", "at", "last", "run", "last", "run", "at", "verdict"),
    ]
    assert [line.split()[2] for line in lines[1:]] == sorted(REPOSITORIES)


def test_before_the_first_sync_there_is_nothing_and_that_is_said(airflow):
    assert airflow("state", *WHERE) == "nothing has been synced into 'github' yet\n"
    assert airflow("runs", *WHERE) == "nothing has been synced into 'github' yet\n"


def test_runs_say_what_they_did(airflow):
    live()
    live()
    (second, first) = json.loads(airflow("runs", *WHERE, "-o", "json"))
    assert (first["kind"], first["new"], second["kind"], second["new"]) == ("first", 80, "incremental", 0)
    assert airflow("runs", *WHERE, "--limit", "1").count("\n") == 2


def test_a_backfill_leaves_the_state_alone(airflow):
    live()
    before = json.loads(airflow("state", *WHERE, "-o", "json"))
    text = airflow(
        "backfill", "github_default", *WHERE, "--stream", "issues", *THEIRS, "--since", "2020-01-01"
    )
    assert text.splitlines()[1].split()[:2] == ["issues", "issues"]
    after = json.loads(airflow("state", *WHERE, "-o", "json"))
    assert [one["cursor"] for one in before] == [one["cursor"] for one in after]
    assert [one["epoch"] for one in before] == [one["epoch"] for one in after]


def test_a_backfill_needs_a_window(airflow):
    with pytest.raises(SystemExit, match=r"backfill: give --since, --until or both"):
        airflow("backfill", "github_default", *WHERE, "--stream", "issues", *THEIRS)


def test_a_reset_is_asked_about_first(airflow, monkeypatch):
    live()
    monkeypatch.setattr("builtins.input", lambda _question: "n")
    with pytest.raises(SystemExit, match="nothing was reset"):
        airflow("reset", *WHERE, "--connection", "github_default", "--table", "issues")
    monkeypatch.setattr("builtins.input", lambda _question: "y")
    text = airflow("reset", *WHERE, "--connection", "github_default", "--table", "issues")
    assert text == "reset 2 partition(s) of github_default/issues\n"


def test_a_partition_is_reset_without_a_question(airflow):
    live()
    given = ("--connection", "github_default", "--table", "issues", "--partition", "acme/rocket", "-y")
    airflow("reset", *WHERE, *given)
    found = json.loads(airflow("state", *WHERE, "-o", "json"))
    assert {one["partition"]: one["cursor"] is None for one in found} == {
        "acme/rocket": True,
        "acme/lander": False,
    }


def test_rejects_are_replayed_after_a_fix(airflow, tmp_path):
    live(transforms=[{"cast": {"title": "integer"}}], max_rejects=100)
    shape = tmp_path / "shape.json"
    shape.write_text(json.dumps({"transforms": [{"cast": {"title": "text"}}]}))
    text = airflow("replay", "github_default", *WHERE, "--stream", "issues", "--shape", str(shape))
    assert text == "issues: 80 written, 0 superseded, 0 still bad\n"


def test_a_file_of_an_embedded_database_is_named_by_its_url(airflow, warehouse):
    live()
    found = json.loads(airflow("state", "-d", f"sqlite:///{warehouse}", "-s", "github", "-o", "json"))
    assert [one["partition"] for one in found] == sorted(REPOSITORIES)


def test_what_is_still_bad_is_an_error(airflow, tmp_path, capsys):
    live(transforms=[{"cast": {"title": "integer"}}], max_rejects=100)
    shape = tmp_path / "shape.json"
    shape.write_text(json.dumps({"transforms": [{"cast": {"title": "float"}}]}))
    with pytest.raises(SystemExit):
        airflow("replay", "github_default", *WHERE, "--stream", "issues", "--shape", str(shape))
    assert "80 still bad" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("state", "-d", "nowhere", "-s", "github"),
            "state: destination connection 'nowhere' does not exist",
        ),
        (("state", "-d", "s3://pond@bucket", "-s", "github"), "state: s3://pond@bucket leads to files"),
        (
            ("runs", "-d", "mysql://db.example", "-s", "github"),
            "runs: destination: mysql:// leads to a server",
        ),
        (("plan", "warehouse", *WHERE), "plan: connection 'warehouse' leads to SqliteHook"),
        (("plan", "nothing", *WHERE), "plan: connection 'nothing'"),
        (
            ("plan", "github_default", *WHERE, "--stream", "isues"),
            "plan: GitHub has no stream 'isues'; it has",
        ),
        (("plan", "github_default", *WHERE, "--stream", "issues"), "plan: issues is read per repository"),
        (
            ("plan", "github_default", *WHERE, "--set", "repositories"),
            "plan: --set repositories says no value",
        ),
        (("plan", "github_default", *WHERE, "--since", "soon"), "plan: 'soon' is not a moment"),
        (("plan", "github_default", *WHERE, "--write", "smash"), "plan: --write smash is none of merge"),
        (("plan", "github_default", *WHERE, "--shape", "nowhere.json"), "plan: --shape nowhere.json: "),
        (
            ("reset", *WHERE, "--connection", "github_default", "-y"),
            "reset: there is no state of github_default",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_an_error_is_one_line_that_says_what_to_do(airflow, arguments, message):
    with pytest.raises(SystemExit) as error:
        airflow(*arguments)
    assert str(error.value).startswith(f"airflow connectors {message}")
    assert "\n" not in str(error.value)


def test_every_command_says_what_it_does():
    (group,) = get_commands()
    assert isinstance(group, GroupCommand)
    assert [command.name for command in group.subcommands] == [
        *("plan", "backfill", "state", "runs", "replay", "reset")
    ]
    assert all(argument.kwargs["help"] for command in group.subcommands for argument in command.args)


@pytest.mark.usefixtures("github", "warehouse")
def test_airflow_itself_offers_the_commands(tmp_path):
    live()
    environment = {**os.environ, "AIRFLOW_HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [str(Path(sys.executable).with_name("airflow")), "connectors", "state", *WHERE, "-o", "json"]
    done = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
    assert [one["partition"] for one in json.loads(done.stdout)] == sorted(REPOSITORIES)


def test_declaring_the_commands_does_not_import_the_engine():
    program = (
        "import sys, airflow_connectors.provider.cli as c; c.get_commands();"
        "heavy = ('sync.engine', 'provider.commands', 'integrations');"
        "sys.exit(any(f'airflow_connectors.{name}' in sys.modules for name in heavy))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
