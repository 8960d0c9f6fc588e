"""Repositories from GitHub into SQL, every hour: only what changed is asked for and written."""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import DAG

from airflow_connectors.integrations.github import GitHubSyncOperator

with DAG("github_to_warehouse", schedule="@hourly", start_date=datetime(2026, 1, 1), catchup=False) as dag:
    GitHubSyncOperator(
        task_id="sync",
        repositories=["octocat/git-consortium", "octocat/octocat.github.io"],
        destination="warehouse",
        schema="github",
    )
