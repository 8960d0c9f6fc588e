"""Asking for pages before their turn, where it is known what will be asked."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Self

from .client import Sender
from .request import Request, Response

NEAR = 0.004  # seconds: of a service that answers so fast there is less to gain than another thread costs
QUEUED = 2  # times the limit: so that the next request need not wait until a page is taken
CERTAIN = 1  # of the requests that are expected: what follows may turn out not to be wanted
HEAD_START = 0.001  # until a request is written; decoding a page meanwhile would keep the interpreter from it


class Lookahead:
    """
    A sender that has up to `limit` expected requests under way at a time, unless the service is near.

    What was expected but is not asked for in the end has been requested in vain and is thrown away. With a
    limit of one that does not happen: only the very next request is made before its turn.
    """

    def __init__(self, send: Sender, limit: int) -> None:
        self._send, self._most = send, QUEUED * limit if limit > 1 else CERTAIN
        self._pool = ThreadPoolExecutor(limit, thread_name_prefix="lookahead")
        self._underway: dict[str, Future[Response]] = {}
        self._seconds: deque[float] = deque(maxlen=8)

    def __call__(self, request: Request) -> Response:
        token = request.dump()
        if token not in self._underway:
            return self._timed(request)
        try:
            return self._underway[token].result()
        finally:
            del self._underway[token]

    def expect(self, requests: Iterable[Request]) -> None:
        """Send those of the first of these that are not under way yet, as far as the limit allows."""
        if min(self._seconds, default=NEAR) < NEAR:
            return
        for request in islice(requests, self._most):
            self._begin(request)
        if len(self._underway) == 1:
            wait(self._underway.values(), HEAD_START)

    def _begin(self, request: Request) -> None:
        token = request.dump()
        if token not in self._underway and len(self._underway) < self._most:
            self._underway[token] = self._pool.submit(self._timed, request)

    def _timed(self, request: Request) -> Response:
        began = time.monotonic()
        response = self._send(request)
        self._seconds.append(time.monotonic() - began)
        return response

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
