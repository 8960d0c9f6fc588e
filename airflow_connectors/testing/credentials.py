"""What proves who is asking: taken from the integration's own auth, whatever kind that is."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from .exchange import Asked
from .hooks import Hook

STANDARD = frozenset({"conn_type", "host", "port", "login", "password", "schema"})


@dataclass(frozen=True, repr=False)
class Proof:
    """The headers and parameters that a request must carry."""

    headers: dict[str, str]
    params: dict[str, str]

    def is_in(self, asked: Asked) -> bool:
        return self.headers.items() <= asked.headers.items() and self.params.items() <= asked.params.items()


@dataclass(frozen=True, repr=False)
class Credentials:
    """A connection to a simulator: its form filled in, with `token` as every secret."""

    hook: type[Hook]
    token: str

    def values(self, url: str) -> dict[str, Any]:
        fields = self.hook.form.fields
        return {name: self._value(name, fields[name], url) for name in fields}

    def _value(self, name: str, field: Any, url: str) -> Any:
        if field.secret:
            return self.token
        if name == "host":
            return url
        return (field.default or field.placeholder or "simulated") if field.required else field.default

    def connection(self, url: str) -> str:
        """The JSON that Airflow takes as a connection."""
        given = {name: value for name, value in self.values(url).items() if value is not None}
        extra = {name: given.pop(name) for name in [*given] if name not in STANDARD}
        return msgspec.json.encode({"conn_type": self.hook.conn_type, **given, "extra": extra}).decode()

    def prefix(self, url: str) -> str:
        """The path that the hook puts between the address of a connection and the API."""
        base = self.hook().base_url(SimpleNamespace(**self.values(url)))
        return urlsplit(base).path.removeprefix(urlsplit(url).path).rstrip("/")

    def proof(self, url: str) -> Proof:
        """What the hook's auth adds to a request."""
        auth = self.hook().auth(SimpleNamespace(**self.values(url)))
        if auth is None:
            return Proof({}, {})
        bare = httpx.Request("GET", url)
        usual = set(bare.headers)
        signed = next(auth.auth_flow(bare))
        headers = {name: value for name, value in signed.headers.items() if name not in usual}
        return Proof(headers, dict(signed.url.params))
