"""What a user would write today inside an Airflow task: HttpHook, and PostgresHook.insert_rows."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from airflow.providers.http.hooks.http import HttpHook
from airflow.providers.postgres.hooks.postgres import PostgresHook

from bench.contestants.table import COLUMNS, CREATE, NESTED, SINCE
from bench.contestants.task import Task, task


def pages(task: Task, since: str | None) -> Iterator[list[dict[str, Any]]]:
    hook, params = HttpHook("GET", http_conn_id="forge"), {"since": since} if since else {}
    if task.flavour == "cursor":
        while True:
            body = hook.run("cursor", data=params).json()
            yield body["items"]
            if not body["next"]:
                return
            params["cursor"] = body["next"]
    target: str | None = "issues?page=1&per_page=100"
    while target:
        response = hook.run(target, data=params)
        yield response.json()
        link = response.links.get("next", {}).get("url")
        target, params = link and "{0.path}?{0.query}".format(urlsplit(link)).lstrip("/"), {}


def row(issue: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(
        json.dumps(issue[name]) if name in NESTED and issue[name] is not None else issue[name]
        for name in COLUMNS
    )


def main() -> None:
    given = task()
    os.environ |= {"AIRFLOW_CONN_FORGE": given.url, "AIRFLOW_CONN_WAREHOUSE": given.database}
    warehouse = PostgresHook("warehouse")
    warehouse.run(CREATE)
    (since,) = warehouse.get_first(SINCE)
    for page in pages(given, since):
        warehouse.insert_rows(
            "issues",
            map(row, page),
            target_fields=[f'"{name}"' for name in COLUMNS],
            replace=True,
            replace_index="id",
            executemany=True,
        )


if __name__ == "__main__":
    main()
