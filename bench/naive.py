"""What a user would write today: a loop of `requests`, and the official PostgresHook's insert_rows."""

from __future__ import annotations

import json
import os
import sys

import requests
from airflow.providers.postgres.hooks.postgres import PostgresHook

from bench.measure import measured

api, database = sys.argv[1:]
os.environ["AIRFLOW_CONN_WAREHOUSE"] = database
COLUMNS = [
    "id", "key", "self", "summary", "description", "created", "updated", "duedate", "status", "priority",
    "reporter", "assignee", "labels", "components", "storypoints", "timespent", "votes", "resolution",
]  # fmt: skip
NESTED = {"description", "status", "priority", "reporter", "assignee", "labels", "components", "votes"}
TYPES = {"id": "text primary key", "created": "timestamptz", "updated": "timestamptz", "duedate": "date"}
NUMBERS = {"storypoints", "timespent"}


def column_type(name: str) -> str:
    return TYPES.get(name) or ("jsonb" if name in NESTED else "bigint" if name in NUMBERS else "text")


def row(issue: dict) -> tuple:
    record = {**issue, **issue["fields"]}
    return tuple(
        json.dumps(record[name]) if name in NESTED and record[name] is not None else record[name]
        for name in COLUMNS
    )


with measured() as result:
    hook = PostgresHook("warehouse")
    hook.run(f"CREATE TABLE naive ({', '.join(f'{name} {column_type(name)}' for name in COLUMNS)})")
    session, token, count = requests.Session(), None, 0
    while True:
        params = {"maxResults": 100, "nextPageToken": token} if token else {"maxResults": 100}
        page = session.get(f"{api}/search/jql", params=params, timeout=30).json()
        rows = [row(issue) for issue in page["issues"]]
        hook.insert_rows(
            "naive",
            rows,
            target_fields=COLUMNS,
            replace=True,
            replace_index="id",
            executemany=True,
            commit_every=1000,
        )
        count += len(rows)
        token = page.get("nextPageToken")
        if not token:
            break
    result["records"] = count
