"""dlt's rest_api source into its Postgres destination, as it is or tuned."""

from __future__ import annotations

from typing import Any

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
    is_tuned = given.variant == "tuned"
    merge: Any = {"disposition": "merge", "strategy": "upsert"} if is_tuned else "merge"
    issues = {
        "name": "issues",
        "primary_key": "id",
        "write_disposition": merge,
        "endpoint": {**ENDPOINTS[given.flavour], "incremental": INCREMENTAL},
    }
    client = {"base_url": given.url, "paginator": PAGINATORS[given.flavour]}
    nesting = {"max_table_nesting": 0} if is_tuned else {}
    return rest_api_source({"client": client, "resources": [issues]}, **nesting)


def main() -> None:
    given = task()
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=str(given.folder / "pipelines"),
        destination=dlt.destinations.postgres(given.database),
        dataset_name="peer",
    )
    pipeline.run(source(given), loader_file_format="csv" if given.variant == "tuned" else None)


if __name__ == "__main__":
    main()
