"""
Swagger 2.0 as OpenAPI 3, as far as requests go: Slack's description is the only one of that age.

Slack takes form fields, and for the methods that say so also JSON, where `blocks` and `attachments` are lists
and not text that holds JSON: https://docs.slack.dev/apis/web-api/#posting-json. Its `token` parameters are
the other way to log in, which a header does here.
"""

from __future__ import annotations

from typing import Any

STRUCTURED = ("blocks", "attachments")
Json = dict[str, Any]


def converted(document: Json) -> Json:
    paths = {
        path: {verb: _operation(o) for verb, o in verbs.items()} for path, verbs in document["paths"].items()
    }
    return {"openapi": "3.0.3", "info": document["info"], "paths": paths}


def _operation(old: Json) -> Json:
    parameters = [p for p in old.get("parameters", []) if p["name"] != "token"]
    fields = [p for p in parameters if p["in"] == "formData"]
    body = {"requestBody": _body(fields, old.get("consumes", []))} if fields else {}
    others = [_parameter(p) for p in parameters if p["in"] in ("query", "header", "path")]
    return {"parameters": others, "responses": {"200": {"description": "OK"}}, **body}


def _parameter(old: Json) -> Json:
    return {
        "name": old["name"],
        "in": old["in"],
        "required": old.get("required", False),
        "schema": _schema(old),
    }


def _schema(old: Json) -> Json:
    return {name: old[name] for name in ("type", "format", "enum", "items") if name in old}


def _body(fields: list[Json], kinds: list[str]) -> Json:
    return {"content": {kind: {"schema": _object(fields, kind)} for kind in kinds}}


def _object(fields: list[Json], kind: str) -> Json:
    structured = STRUCTURED if kind == "application/json" else ()
    properties = {f["name"]: {} if f["name"] in structured else _schema(f) for f in fields}
    required = [f["name"] for f in fields if f.get("required")]
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": required} if required else schema
