"""Asking for pages before their turn, where it is known what will be asked."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Self

from .client import Sender
from .request import Request, Response


class Lookahead:
    """
    A sender that has up to `limit` expected requests under way at a time.

    What was expected but is not asked for in the end has been requested in vain and is thrown away.
    """

    def __init__(self, send: Sender, limit: int) -> None:
        self._send, self._limit = send, limit
        self._pool = ThreadPoolExecutor(limit, thread_name_prefix="lookahead")
        self._underway: dict[str, Future[Response]] = {}

    def __call__(self, request: Request) -> Response:
        token = request.dump()
        if token not in self._underway:
            return self._send(request)
        try:
            return self._underway[token].result()
        finally:
            del self._underway[token]

    def expect(self, requests: Iterable[Request]) -> None:
        """Send the first of these that are not under way yet, as far as the limit allows."""
        for request in islice(requests, self._limit):
            token = request.dump()
            if token not in self._underway and len(self._underway) < self._limit:
                self._underway[token] = self._pool.submit(self._send, request)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
