"""The only module that performs I/O: it carries out what the handlers decide, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from threading import Event, Lock
from typing import Any, Self

import httpx

from .errors import ConfigError, ConnectorError, RejectedError, TransientError, UnreachableError
from .middleware import Check, Flow, Middleware, Step, Wait, chain, checked, retried
from .request import Request, Response
from .status import raise_for_status
from .transport import pooled

PATIENCE = 60.0
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
EMPTY = httpx.ByteStream(b"")
Outcome = Response | ConnectorError | None


@dataclass
class Usage:
    """What a client has spent, on all threads: requests sent, seconds waited, body bytes received."""

    requests: int = 0
    waited: float = 0.0
    received: int = 0
    lock: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)

    def add(self, *, requests: int = 0, waited: float = 0.0, received: int = 0) -> None:
        with self.lock:
            self.requests += requests
            self.waited += waited
            self.received += received


class Client:
    """
    Send requests to one service: authenticated, retried, errors translated.

    Credentials go to `base_url`'s origin and to `hosts` and nowhere else: any other link is refused.
    `patience` is the longest wait in seconds; a service that asks for more raises RateLimited.
    """

    def __init__(
        self,
        base_url: str,
        auth: httpx.Auth | None = None,
        *,
        hosts: Iterable[str] = (),
        headers: dict[str, str] | None = None,
        check: Check = raise_for_status,
        middleware: Iterable[Middleware] = (),
        patience: float = PATIENCE,
        verify: bool = True,
        transport: Any = None,
    ) -> None:
        self.usage, self._interrupted = Usage(), Event()
        self._base, self._auth = _url(base_url), auth
        self._origins = {_origin(self._base), *(_origin(_url(f"https://{host}")) for host in hosts)}
        self._handle = chain((*middleware, retried(patience), checked(check)))
        self._settings: dict[str, Any] = {
            "base_url": base_url,
            "headers": headers,
            "timeout": TIMEOUT,
            "verify": verify,
            "transport": transport,
        }

    @cached_property
    def http(self) -> httpx.Client:
        """The authenticated connection pool underneath, for requests of your own."""
        way = self._settings["transport"] or pooled(verify=self._settings["verify"])
        settings = {**self._settings, "transport": way}
        return httpx.Client(auth=self._auth, event_hooks={"request": [self._guard]}, **settings)

    @cached_property
    def ahttp(self) -> httpx.AsyncClient:
        async def guard(request: httpx.Request) -> None:
            self._guard(request)

        return httpx.AsyncClient(auth=self._auth, event_hooks={"request": [guard]}, **self._settings)

    def send(self, request: Request) -> Response:
        """Carry out one request. Raises ConnectorError, of the kind that says what to do."""
        flow, outcome = self._handle(request), None
        while not isinstance(step := _advance(flow, outcome), Response):
            outcome = self._act(step)
        return step

    async def asend(self, request: Request) -> Response:
        """`send` for triggers."""
        flow, outcome = self._handle(request), None
        while not isinstance(step := _advance(flow, outcome), Response):
            outcome = await self._aact(step)
        return step

    def _act(self, step: Step) -> Outcome:
        if isinstance(step, Wait):
            self.usage.add(waited=step.seconds)
            if self._interrupted.wait(step.seconds):
                raise TransientError("interrupted while waiting to send a request again")
            return None
        try:
            return self._received(step, self.http.request(**self._as_httpx(step)))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return _translated(step, error)

    async def _aact(self, step: Step) -> Outcome:
        if isinstance(step, Wait):
            self.usage.add(waited=step.seconds)
            await asyncio.sleep(step.seconds)
            return None
        try:
            return self._received(step, await self.ahttp.request(**self._as_httpx(step)))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return _translated(step, error)

    def _as_httpx(self, request: Request) -> dict[str, Any]:
        self.usage.add(requests=1)
        return {
            "method": request.method,
            "url": request.path,
            "params": dict(request.params) or None,
            "json": request.json,
            "data": request.form,
            "content": request.content,
            "headers": dict(request.headers),
            # A redirected POST would become a GET, and seem to have worked.
            "follow_redirects": request.method in ("GET", "HEAD"),
            "auth": None if request.anonymous else httpx.USE_CLIENT_DEFAULT,
        }

    def _received(self, request: Request, raw: httpx.Response) -> Response:
        self.usage.add(received=len(raw.content))
        raw.stream = (
            EMPTY  # it refers back to the response, and would keep the body until cycles are collected
        )
        links = {str(rel): link["url"] for rel, link in raw.links.items()} if "link" in raw.headers else {}
        return Response(request, raw.status_code, raw.headers, raw.content, links)

    def _guard(self, request: httpx.Request) -> None:
        if _origin(request.url) not in self._origins:
            message = (
                f"{request.method} {request.url.host}{request.url.path}: refused, because this connection's "
                f"credentials are meant for {self._base.host}; the service linked or redirected elsewhere"
            )
            raise RejectedError(message)

    def interrupt(self) -> None:
        """End the waits of requests that are to be sent again; they raise TransientError."""
        self._interrupted.set()

    def close(self) -> None:
        if "http" in vars(self):
            vars(self).pop("http").close()

    async def aclose(self) -> None:
        if "ahttp" in vars(self):
            await vars(self).pop("ahttp").aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


Sender = Callable[[Request], Response]
AsyncSender = Callable[[Request], Awaitable[Response]]


def _advance(flow: Flow, outcome: Outcome) -> Step | Response:
    """The flow's next step, or its answer."""
    try:
        return flow.throw(outcome) if isinstance(outcome, ConnectorError) else flow.send(outcome)
    except StopIteration as end:
        answer: Response = end.value
        return answer


def _url(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise ConfigError(f"the host of the connection is no URL: {error}") from error
    if not url.host:
        raise ConfigError(f"the host of the connection names no host: {text!r}")
    return url


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _translated(request: Request, error: Exception) -> ConnectorError:
    what = f"{request}: {type(error).__name__}: {error}"
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return UnreachableError(f"{what}; check the host of the connection and the network")
    if isinstance(
        error, httpx.InvalidURL | httpx.UnsupportedProtocol | httpx.TooManyRedirects | httpx.DecodingError
    ):
        return RejectedError(f"{what}; check the host of the connection")
    return TransientError(what)
