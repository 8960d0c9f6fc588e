"""PyAirbyte: a declarative manifest, as Airbyte's builder writes it, into its Postgres cache."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import airbyte
from airbyte.caches import PostgresCache

from bench.contestants.table import TYPES
from bench.contestants.task import Task, task

KINDS: dict[str, dict[str, Any]] = {
    "bigint PRIMARY KEY": {"type": "integer"},
    "bigint": {"type": ["null", "integer"]},
    "boolean": {"type": ["null", "boolean"]},
    "text": {"type": ["null", "string"]},
    "timestamptz": {"type": ["null", "string"], "format": "date-time"},
    "jsonb": {"type": ["null", "object"], "additionalProperties": True},
}
PROPERTIES = {name: KINDS[type_] for name, type_ in TYPES.items()} | {"labels": {"type": ["null", "array"]}}
STAMP = "%Y-%m-%dT%H:%M:%SZ"
CHAINED = {
    "type": "DefaultPaginator",
    "page_token_option": {
        "type": "RequestOption",
        "inject_into": "request_parameter",
        "field_name": "cursor",
    },
    "pagination_strategy": {
        "type": "CursorPagination",
        "cursor_value": "{{ response.get('next') }}",
        "stop_condition": "{{ not response.get('next') }}",
    },
}
NUMBERED = {
    "type": "DefaultPaginator",
    "page_token_option": {"type": "RequestPath"},
    "pagination_strategy": {
        "type": "CursorPagination",
        "cursor_value": "{{ headers['link']['next']['url'] }}",
        "stop_condition": "{{ 'next' not in headers['link'] }}",
    },
}
INCREMENTAL = {
    "type": "DatetimeBasedCursor",
    "cursor_field": "updated_at",
    "datetime_format": STAMP,
    "cursor_datetime_formats": [STAMP],
    "start_datetime": {
        "type": "MinMaxDatetime",
        "datetime": "2020-01-01T00:00:00Z",
        "datetime_format": STAMP,
    },
    "start_time_option": {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "since"},
}


def manifest(given: Task) -> dict[str, Any]:
    is_chained = given.flavour == "cursor"
    retriever = {
        "type": "SimpleRetriever",
        "requester": {
            "type": "HttpRequester",
            "url_base": given.url,
            "path": "/cursor" if is_chained else "/issues",
            "http_method": "GET",
        },
        "record_selector": {
            "type": "RecordSelector",
            "extractor": {"type": "DpathExtractor", "field_path": ["items"] if is_chained else []},
        },
        "paginator": CHAINED if is_chained else NUMBERED,
    }
    schema = {"type": "object", "additionalProperties": True, "properties": PROPERTIES}
    stream = {
        "type": "DeclarativeStream",
        "name": "issues",
        "primary_key": ["id"],
        "retriever": retriever,
        "incremental_sync": INCREMENTAL,
        "schema_loader": {"type": "InlineSchemaLoader", "schema": schema},
    }
    return {
        "version": "7.0.0",
        "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": ["issues"]},
        "streams": [stream],
        "spec": {
            "type": "Spec",
            "connection_specification": {"type": "object", "properties": {}, "additionalProperties": True},
        },
    }


def main() -> None:
    given = task()
    database = urlsplit(given.database)
    cache = PostgresCache(
        host=str(database.hostname),
        port=int(database.port or 0),
        database=database.path.strip("/"),
        username=str(database.username),
        password=airbyte.secrets.SecretString(str(database.password)),
        schema_name="peer",
        cache_dir=given.folder / "cache",
    )
    source = airbyte.get_source("source-forge", config={}, streams="*", source_manifest=manifest(given))
    source.read(cache=cache)


if __name__ == "__main__":
    main()
