"""
Ways to prove who is asking. Each is an `httpx.Auth`: one flow for the sync and the async client.

None of them is a dataclass on purpose: a generated repr would print the secret.
"""

from __future__ import annotations

from collections.abc import Generator

import httpx
from httpx import BasicAuth

from .errors import ConfigError

__all__ = ["ApiKey", "BasicAuth", "BearerToken"]

Flow = Generator[httpx.Request, httpx.Response, None]


def sendable(secret: str) -> str:
    """The secret, if a header can carry it: what httpx says of one that cannot would show it."""
    if not secret.isascii() or not secret.isprintable():
        raise ConfigError("the secret of the connection has characters no header can carry: enter it again")
    return secret


class BearerToken(httpx.Auth):
    """`Authorization: Bearer <token>`, or another scheme in place of `Bearer`."""

    def __init__(self, token: str, scheme: str = "Bearer") -> None:
        self._credentials = sendable(f"{scheme} {token}")

    def auth_flow(self, request: httpx.Request) -> Flow:
        request.headers["Authorization"] = self._credentials
        yield request


class ApiKey(httpx.Auth):
    """A key in a header of the service's own, or in the query string."""

    def __init__(self, key: str, *, header: str = "", param: str = "") -> None:
        if bool(header) == bool(param):
            raise TypeError("ApiKey takes either a header or a param")
        self._key, self._header, self._param = sendable(key), header, param

    def auth_flow(self, request: httpx.Request) -> Flow:
        if self._header:
            request.headers[self._header] = self._key
        else:
            request.url = request.url.copy_set_param(self._param, self._key)
        yield request
