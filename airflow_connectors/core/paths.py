"""Dotted paths into decoded JSON."""

from __future__ import annotations

from typing import Any

ABSENT: Any = object()


def dig(body: Any, path: str, default: Any = ABSENT) -> Any:
    """`dig({"a": {"b": 1}}, "a.b") == 1`; an empty path is the whole body. KeyError without a default."""
    for key in filter(None, path.split(".")):
        if not isinstance(body, dict) or key not in body:
            if default is ABSENT:
                raise KeyError(path)
            return default
        body = body[key]
    return body
