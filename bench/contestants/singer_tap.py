"""A tap on singer-sdk, to be joined with meltanolabs-target-postgres."""

from __future__ import annotations

from typing import Any

from singer_sdk import RESTStream, Tap
from singer_sdk import typing as th
from singer_sdk.pagination import BaseAPIPaginator, HeaderLinkPaginator, JSONPathPaginator

from bench.contestants.table import TYPES

KINDS: dict[str, Any] = {
    "bigint PRIMARY KEY": th.IntegerType,
    "bigint": th.IntegerType,
    "boolean": th.BooleanType,
    "text": th.StringType,
    "timestamptz": th.DateTimeType,
    "jsonb": th.ObjectType(additional_properties=True),
}
KIND_OF = {name: KINDS[type_] for name, type_ in TYPES.items()} | {
    "labels": th.ArrayType(th.ObjectType(additional_properties=True))
}


class Issues(RESTStream[Any]):
    name = "issues"
    primary_keys = ("id",)
    replication_key = "updated_at"
    is_sorted = True
    schema = th.PropertiesList(*(th.Property(name, kind) for name, kind in KIND_OF.items())).to_dict()

    @property
    def is_chained(self) -> bool:
        return bool(self.config["flavour"] == "cursor")

    @property
    def url_base(self) -> str:
        return str(self.config["url"])

    @property
    def path(self) -> str:  # type: ignore[override] # a property here, because the flavour decides
        return "/cursor" if self.is_chained else "/issues"

    @property
    def records_jsonpath(self) -> str:  # type: ignore[override] # likewise
        return "$.items[*]" if self.is_chained else "$[*]"

    def get_new_paginator(self) -> BaseAPIPaginator[Any]:
        return JSONPathPaginator("$.next") if self.is_chained else HeaderLinkPaginator()

    def get_url_params(self, context: Any, next_page_token: Any) -> Any:
        if next_page_token and not self.is_chained:
            return next_page_token.query
        params = {"cursor": next_page_token} if next_page_token else {}
        since = self.get_starting_replication_key_value(context)
        return {**params, "since": since} if since else params


class ForgeTap(Tap):
    name = "tap-forge"
    config_jsonschema = th.PropertiesList(
        th.Property("url", th.StringType), th.Property("flavour", th.StringType)
    ).to_dict()

    def discover_streams(self) -> list[Issues]:
        return [Issues(self)]


if __name__ == "__main__":
    ForgeTap.cli()
