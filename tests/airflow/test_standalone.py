"""Once, under a real Airflow: forms are served, a sensor defers and comes back, a secret is masked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from airflow_connectors.integrations.github import GitHubHook
from airflow_connectors.testing import Simulator
from airflow_connectors.testing.worlds.github import GitHubWorld

from .standalone import Airflow, standalone

DAGS = Path(__file__).parent / "dags"
SECRET = "a-token-nobody-may-see"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(GitHubHook, GitHubWorld(), token=SECRET) as running:
        yield running


@pytest.fixture(scope="module")
def airflow(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    home = tmp_path_factory.mktemp("airflow")
    with standalone(home, DAGS, {"github_default": simulator.connection()}) as running:
        yield running


def test_the_forms_of_all_integrations_are_served(airflow):
    forms = {form["connection_type"]: form for form in airflow.get("/ui/connections/hook_meta")}
    assert {"github_api", "jira_api", "noaa_api", "slack_api"} <= forms.keys()
    assert forms["github_api"]["standard_fields"]["password"]["title"] == "Personal access token"
    assert forms["noaa_api"]["extra_fields"]["user_agent"]["schema"]["title"] == "User agent"


def test_a_sensor_defers_and_returns_and_a_secret_is_masked(airflow, simulator):
    world = simulator.world
    repository = world.partitions("workflow_runs")[0]
    run = world.add("workflow_runs", repository, status="in_progress", conclusion=None)
    dag_run = airflow.trigger("smoke", {"repository": repository, "run_id": run["id"]})
    assert airflow.state(dag_run, "tell", "success", "failed") == "success"
    log = airflow.log(dag_run, "tell")
    assert "the token is ***" in log
    assert SECRET not in log
    assert airflow.state(dag_run, "wait", "deferred", "failed", "success") == "deferred"
    airflow.settle(dag_run, "wait")
    world.update("workflow_runs", run["id"], repository, status="completed", conclusion="success")
    assert airflow.state(dag_run, "wait", "success", "failed") == "success"
