"""Weather alerts, observations and forecasts into SQL, every hour."""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import DAG

from airflow_connectors.integrations.noaa import NoaaSyncOperator

with DAG("noaa_to_warehouse", schedule="@hourly", start_date=datetime(2026, 1, 1), catchup=False) as dag:
    NoaaSyncOperator(
        task_id="sync",
        states=["KS"],
        stations=["KTOP", "KMHK"],
        points=["39.7456,-97.0892"],
        destination="warehouse",
        schema="noaa",
    )
