"""Issues, comments, worklogs and changelogs from Jira into SQL, once an issue is done."""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import DAG

from airflow_connectors.integrations.jira import JiraIssueStatusSensor, JiraSyncOperator

with DAG("jira_to_warehouse", schedule="@daily", start_date=datetime(2026, 1, 1), catchup=False) as dag:
    released = JiraIssueStatusSensor(task_id="released", issue="OPS-1", status="Done", deferrable=True)
    sync = JiraSyncOperator(task_id="sync", destination="warehouse", schema="jira")
    released >> sync
