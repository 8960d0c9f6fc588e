"""Channels and their messages from Slack into SQL; what fails is told in a channel."""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import DAG

from airflow_connectors.integrations.slack import SlackNotifier, SlackPostMessageOperator, SlackSyncOperator

with DAG("slack_to_warehouse", schedule="@hourly", start_date=datetime(2026, 1, 1), catchup=False) as dag:
    sync = SlackSyncOperator(
        task_id="sync",
        streams=["users", "channels", "messages"],
        destination="warehouse",
        schema="slack",
        on_failure_callback=SlackNotifier(
            channel="#data", text="{{ ti.task_id }} of {{ dag.dag_id }} failed"
        ),
    )
    tell = SlackPostMessageOperator(task_id="tell", channel="#data", text="Slack is in the warehouse")
    sync >> tell
