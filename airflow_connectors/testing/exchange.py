"""What a simulator is asked and what it answers, as values: nothing here knows of sockets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

import msgspec

JSON = "application/json; charset=utf-8"


class Refused(Exception):
    """Ends a request with an error, which the world puts into the service's words."""

    def __init__(self, status: int, message: str = "", **more: Any) -> None:
        super().__init__(message)
        self.status, self.message, self.more = status, message, more


@dataclass(frozen=True)
class Asked:
    """A request as it came in. `path` is what follows the API's base; header names are in lower case."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    url: str = ""

    @cached_property
    def json(self) -> Any:
        """The decoded body. Raises Refused for one that is not JSON."""
        try:
            return msgspec.json.decode(self.body) if self.body else {}
        except msgspec.DecodeError as error:
            raise Refused(400, "Problems parsing JSON") from error

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The parameters, with those of a form or of a JSON object."""
        if "form-urlencoded" in self.headers.get("content-type", ""):
            return {**self.params, **dict(parse_qsl(self.body.decode(), keep_blank_values=True))}
        return {**self.params, **(self.json if isinstance(self.json, dict) else {})}

    def link(self, **params: object) -> str:
        """The same URL with other parameters; None takes one away."""
        merged = {**self.params, **params}
        return f"{self.url}?{urlencode({name: value for name, value in merged.items() if value is not None})}"


@dataclass(frozen=True)
class Answer:
    """A response about to go out."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, json: Any, status: int = 200, **headers: str) -> Self:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, msgspec.json.encode(json), {"content-type": JSON, **named})

    def with_headers(self, headers: Mapping[str, str]) -> Self:
        return replace(self, headers={**headers, **self.headers})
