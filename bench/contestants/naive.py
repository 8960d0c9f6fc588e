"""What a user would write today without Airflow: a loop of `requests`, and executemany."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import requests

from bench.contestants.table import CHANGES, COLUMNS, CREATE, NAMES, NESTED, SINCE
from bench.contestants.task import Task, task

BATCH = 1000
PLACES = ", ".join(["%s"] * len(COLUMNS))
UPSERT = f"INSERT INTO issues ({NAMES}) VALUES ({PLACES}) ON CONFLICT (id) DO UPDATE SET {CHANGES}"  # noqa: S608 - names only


def pages(task: Task, since: str | None) -> Iterator[list[dict[str, Any]]]:
    session, params = requests.Session(), {"since": since} if since else {}
    if task.flavour == "cursor":
        while True:
            body = session.get(f"{task.url}/cursor", params=params, timeout=30).json()
            yield body["items"]
            if not body["next"]:
                return
            params["cursor"] = body["next"]
    url: str | None = f"{task.url}/issues?page=1&per_page=100"
    while url:
        response = session.get(url, params=params, timeout=30)
        yield response.json()
        url, params = response.links.get("next", {}).get("url"), {}


def row(issue: dict[str, Any]) -> tuple[Any, ...]:
    for name in NESTED:
        if issue[name] is not None:
            issue[name] = json.dumps(issue[name])
    return tuple(issue[name] for name in COLUMNS)


def main() -> None:
    given = task()
    with psycopg.connect(given.database) as conn:
        conn.execute(CREATE)
        (since,) = conn.execute(SINCE).fetchone() or (None,)
        cursor, rows = conn.cursor(), []
        for page in pages(given, since):
            rows += map(row, page)
            if len(rows) >= BATCH:
                cursor.executemany(UPSERT, rows)
                conn.commit()
                rows.clear()
        if rows:
            cursor.executemany(UPSERT, rows)


if __name__ == "__main__":
    main()
