"""How a service behaves where its declarations do not say: its words for errors, its extras, its filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, ClassVar

from airflow_connectors.core import (
    Param,
    Record,
    Stream,
    epoch,
    epoch_ms,
    from_epoch,
    from_epoch_ms,
    from_iso,
    iso,
)

from .exchange import Answer, Asked, Refused
from .paging import moments_of
from .routes import Route

READERS: Mapping[Any, Callable[[Any], datetime]] = {
    iso: from_iso,
    epoch: from_epoch,
    epoch_ms: from_epoch_ms,
}


class Manners:
    """
    Override what the vendor does otherwise.

    `page_size` is what it gives to those who ask for no size, `patterns` say what may stand in a route's
    braces, `spent` counts requests against the rate limit.
    """

    patterns: ClassVar[Mapping[str, str]] = {}
    page_size: ClassVar[int | None] = None
    has_etags: ClassVar[bool] = False
    spent = 0

    def routes(self) -> Iterable[Route]:
        """What the service answers besides its streams: single objects, writes, second steps."""
        return ()

    def methods(self, stream: Stream) -> tuple[str, ...]:
        """How a stream may be asked for."""
        return ("GET",) if stream.body is None else ("POST",)

    def error(self, status: int, message: str = "", **more: Any) -> Answer:
        """An error in the service's words."""
        return Answer.of({"message": message or HTTPStatus(status).phrase, **more}, status)

    def unauthorized(self, asked: Asked) -> Answer:
        """What is said to wrong or missing credentials."""
        return self.error(401)

    def credentials(self, asked: Asked) -> Asked:
        """The request with its credentials as the integration writes them, where the service knows others."""
        return asked

    def admit(self, asked: Asked) -> None:
        """Raise Refused for what the service lets nobody ask, such as anything without a User-Agent."""

    def cost(self, asked: Asked, answer: Answer) -> int:
        """What a request takes from the rate limit; the sum is in `spent`."""
        return 1

    def quota(self) -> Mapping[str, str]:
        """Headers that tell how much of the rate limit is spent."""
        return {}

    def envelope(self, stream: Stream, body: Any, asked: Asked) -> Any:
        """A page's body with whatever the service puts around what is declared."""
        return body

    def reference(self, stream: Stream, record: Record) -> Record:
        """What a stream with a second step lists of a record; else the record itself."""
        return record

    def is_wanted(self, stream: Stream, asked: Asked) -> Callable[[Record], bool] | None:
        """The filter that a request's own parameters ask for, or None if it wants them all."""
        return None

    def window(self, stream: Stream, asked: Asked) -> tuple[datetime | None, datetime | None]:
        """From when to when a request asks. Raises Refused for what is no moment."""
        if not stream.cursor:
            return None, None
        since, until = (moment(bound, asked) for bound in (stream.cursor.since, stream.cursor.until))
        is_exclusive = since is not None and moments_of(stream)
        return since + timedelta(microseconds=1) if since and is_exclusive else since, until


def moment(bound: object, asked: Asked) -> datetime | None:
    """The moment in the parameter that the stream declares for it."""
    if not isinstance(bound, Param) or not (text := asked.fields.get(bound.name)):
        return None
    try:
        return READERS[bound.format](text)
    except (ValueError, OverflowError) as error:
        raise Refused(422, f"{bound.name}: {text!r} is not a moment") from error
