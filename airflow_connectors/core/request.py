"""Requests and responses as values, so that paging, retries and tests need no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import msgspec

from .errors import DataError
from .paths import ABSENT, dig
from .redaction import excerpt

IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask of a service. `path` is relative to its base URL, or a link the service handed out."""

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, Any] | None = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    idempotent: bool = False
    anonymous: bool = False

    def with_params(self, **params: Any) -> Request:
        return replace(self, params={**self.params, **params})

    def with_body(self, **fields: Any) -> Request:
        return replace(self, json={**(self.json or {}), **fields})

    def with_headers(self, **headers: str) -> Request:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return replace(self, headers={**self.headers, **named})

    def at(self, link: str) -> Request:
        """The same request at a link the service handed out, which carries its own parameters."""
        return replace(self, path=link, params={})

    @property
    def is_repeatable(self) -> bool:
        """Whether sending it twice does no more than sending it once."""
        return self.idempotent or self.method in IDEMPOTENT

    def dump(self) -> str:
        """The request as text, to be remembered as a page token. Headers hold secrets and stay out."""
        kept = {"method": self.method, "path": self.path, "params": dict(self.params)}
        return msgspec.json.encode(
            {**kept, "json": self.json, "form": self.form, "idempotent": self.idempotent}
        ).decode()

    @classmethod
    def load(cls, text: str) -> Request:
        return cls(**msgspec.json.decode(text))

    def __str__(self) -> str:
        return f"{self.method} {urlsplit(self.path).path}"

    __repr__ = __str__


def get(path: str, **params: Any) -> Request:
    return Request("GET", path, params)


def post(path: str, json: Any = None, *, idempotent: bool = False) -> Request:
    """A POST with a JSON body. `idempotent` marks one that only reads, such as a search."""
    return Request("POST", path, json=json, idempotent=idempotent)


def put(path: str, json: Any = None) -> Request:
    return Request("PUT", path, json=json)


def patch(path: str, json: Any = None) -> Request:
    return Request("PATCH", path, json=json)


def delete(path: str) -> Request:
    return Request("DELETE", path)


@dataclass(frozen=True)
class Response:
    """What a service answered. `headers` ignores case; `links` maps a `Link` header's rels to URLs."""

    request: Request
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    links: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def json(self) -> Any:
        """The decoded body; None for an empty one. Raises DataError where JSON is due and absent."""
        if not self.content:
            return None
        try:
            return msgspec.json.decode(self.content)
        except msgspec.DecodeError as error:
            raise self._not_json(error) from error

    @cached_property
    def _fields(self) -> Mapping[str, msgspec.Raw] | None:
        """The fields of the body's object, each undecoded; None if the body is something else."""
        try:
            return fields_of(self.content)
        except msgspec.ValidationError:
            return None
        except msgspec.DecodeError as error:
            raise self._not_json(error) from error

    def dig(self, path: str, default: Any = ABSENT) -> Any:
        """What is at a dotted path of the body, only that decoded. KeyError without a default."""
        if "json" in vars(self):
            return dig(self.json, path, default)
        raw = self.raw(path)
        if raw is None and default is ABSENT:
            raise KeyError(path)
        return default if raw is None else msgspec.json.decode(raw)

    def raw(self, path: str) -> bytes | msgspec.Raw | None:
        """The JSON text at a dotted path of the body; None where there is nothing."""
        if not path or not self.content:
            return self.content or None
        first, _, rest = path.partition(".")
        found = (self._fields or {}).get(first)
        for key in filter(None, rest.split(".")):
            found = _field(found, key)
        return found

    def _not_json(self, error: Exception) -> DataError:
        kind = self.headers.get("content-type", "no content type")
        message = (
            f"{self.request}: answered {self.status} with {kind} that is not JSON ({error}): "
            f"{excerpt(self.content)!r}; check the host of the connection, and for a proxy or login page"
        )
        return DataError(message, status=self.status)


fields_of = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def _field(raw: msgspec.Raw | None, key: str) -> msgspec.Raw | None:
    try:
        return fields_of(raw).get(key) if raw is not None else None
    except msgspec.ValidationError:
        return None
