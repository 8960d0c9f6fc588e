"""The table as one makes it by hand: sixteen typed columns and five of jsonb."""

from __future__ import annotations

TYPES = {
    "id": "bigint PRIMARY KEY",
    "node_id": "text",
    "number": "bigint",
    "title": "text",
    "state": "text",
    "state_reason": "text",
    "locked": "boolean",
    "draft": "boolean",
    "comments": "bigint",
    "author_association": "text",
    "url": "text",
    "html_url": "text",
    "created_at": "timestamptz",
    "updated_at": "timestamptz",
    "closed_at": "timestamptz",
    "body": "text",
    "user": "jsonb",
    "assignee": "jsonb",
    "milestone": "jsonb",
    "labels": "jsonb",
    "reactions": "jsonb",
}
COLUMNS = tuple(TYPES)
NESTED = tuple(name for name, type_ in TYPES.items() if type_ == "jsonb")
NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
DEFINITION = ", ".join(f'"{name}" {type_}' for name, type_ in TYPES.items())
CHANGES = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in COLUMNS if name != "id")
CREATE = f"CREATE TABLE IF NOT EXISTS issues ({DEFINITION})"
SINCE = """SELECT to_char(max(updated_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM issues"""
