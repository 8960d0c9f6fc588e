"""What only a real Airflow shows: a sensor that frees its worker, and a secret that a log must not show."""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import DAG, task

from airflow_connectors.integrations.github import GitHubHook, GitHubWorkflowRunSensor

with DAG("smoke", schedule=None, start_date=datetime(2026, 1, 1)) as dag:

    @task
    def tell() -> None:
        hook = GitHubHook("github_default")
        print("the token is", hook.get_connection("github_default").password)
        hook.get("/rate_limit")

    wait = GitHubWorkflowRunSensor(
        task_id="wait",
        repository="{{ dag_run.conf['repository'] }}",
        run_id="{{ dag_run.conf['run_id'] }}",
        deferrable=True,
        poke_interval=1,
    )
    tell() >> wait
