"""
What happens around every request, written once for the sync and the async client.

A handler turns a request into a flow: a generator that yields requests to send, or `Wait`s to sit
out, is sent the responses, and returns the answer. A middleware wraps a handler in another:

    def stamped(handler: Handler) -> Handler:
        def handle(request: Request) -> Flow:
            return (yield from handler(request.with_headers(X_Request_Id=str(uuid4()))))
        return handle
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from itertools import count

from .errors import ConnectorError, TransientError
from .limits import backoff
from .request import Request, Response

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wait:
    """Do nothing for so many seconds."""

    seconds: float


Step = Request | Wait
Flow = Generator[Step, Response | None, Response]
Handler = Callable[[Request], Flow]
Middleware = Callable[[Handler], Handler]
Check = Callable[[Response], None]


def sent(request: Request) -> Flow:
    """The innermost handler: send it."""
    response = yield request
    if response is None:
        raise TypeError("a request is answered by a response")
    return response


def checked(check: Check) -> Middleware:
    """Raise for answers that are errors, also for those that hide in a 200."""

    def wrap(handler: Handler) -> Handler:
        def handle(request: Request) -> Flow:
            response = yield from handler(request)
            check(response)
            return response

        return handle

    return wrap


def retried(patience: float) -> Middleware:
    """Try again after transient errors; give up where a wait would exceed `patience` seconds."""

    def wrap(handler: Handler) -> Handler:
        def handle(request: Request) -> Flow:
            for attempt in count(1):
                try:
                    return (yield from handler(request))
                except TransientError as error:
                    yield _wait_or_raise(request, attempt, error, patience)
            raise AssertionError("count() is endless")

        return handle

    return wrap


def _wait_or_raise(request: Request, attempt: int, error: ConnectorError, patience: float) -> Wait:
    seconds = backoff(request, attempt, error)
    if seconds is None or seconds > patience:
        raise error
    log.info("%s; attempt %d follows in %.1f s", error, attempt + 1, seconds)
    return Wait(seconds)


def chain(middleware: Iterable[Middleware], handler: Handler = sent) -> Handler:
    """Wrap a handler in middleware, the first outermost."""
    for wrap in reversed(tuple(middleware)):
        handler = wrap(handler)
    return handler
