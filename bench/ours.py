"""What we measure: JiraHook's `issues` stream into PostgreSQL, by the engine that SyncOperator runs."""

from __future__ import annotations

import sys

from airflow_connectors.core import Client
from airflow_connectors.integrations.jira import JiraHook
from airflow_connectors.sync import Destination, Sync, dialects, require_complete
from bench.measure import measured

api, database = sys.argv[1:]
dialects.dialect_of("postgresql")  # imports the driver

with measured() as result:
    client = Client(api)
    destination = Destination(database, "ours")
    summary = Sync(destination, "jira_default", client).run(JiraHook.streams["issues"])
    require_complete(summary)
    result["records"] = summary.new
