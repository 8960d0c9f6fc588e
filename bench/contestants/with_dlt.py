"""dlt's rest_api source into its Postgres destination, as it is or tuned."""

from __future__ import annotations

import os
import sys
from typing import Any

# Settings are read as dlt is imported. Telemetry would leave the machine.
os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "WARNING"}
IS_TUNED = sys.argv[5:6] == ["tuned"]
if IS_TUNED:
    # Two workers share the files between them: without a limit there is only one file.
    # https://dlthub.com/docs/reference/performance
    os.environ |= {"NORMALIZE__WORKERS": "2", "EXTRACT__DATA_WRITER__FILE_MAX_ITEMS": "25000"}

import dlt
from dlt.sources.rest_api import rest_api_source

from bench.contestants.task import Task, task

PAGINATORS: dict[str, dict[str, str]] = {
    "cursor": {"type": "cursor", "cursor_path": "next", "cursor_param": "cursor"},
    "pages": {"type": "header_link"},
}
ENDPOINTS: dict[str, dict[str, Any]] = {
    "cursor": {"path": "cursor", "data_selector": "items"},
    "pages": {"path": "issues", "data_selector": "$", "params": {"per_page": 100}},
}
INCREMENTAL = {"cursor_path": "updated_at", "start_param": "since", "initial_value": "2020-01-01T00:00:00Z"}


def source(given: Task) -> Any:
    merge: Any = {"disposition": "merge", "strategy": "upsert"} if IS_TUNED else "merge"
    issues = {
        "name": "issues",
        "primary_key": "id",
        "write_disposition": merge,
        "endpoint": {**ENDPOINTS[given.flavour], "incremental": INCREMENTAL},
    }
    client = {"base_url": given.url, "paginator": PAGINATORS[given.flavour]}
    nesting = {"max_table_nesting": 0} if IS_TUNED else {}
    return rest_api_source({"client": client, "resources": [issues]}, **nesting)


def main() -> None:
    given = task()
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=str(given.folder / "pipelines"),
        destination=dlt.destinations.postgres(given.database),
        dataset_name="peer",
    )
    pipeline.run(source(given), loader_file_format="csv" if IS_TUNED else None)


if __name__ == "__main__":
    main()
