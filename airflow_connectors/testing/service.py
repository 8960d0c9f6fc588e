"""A stateful mock of one service, made of its integration's declarations and a world. Opens no socket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zlib import crc32

from airflow_connectors.core import Stream

from .bodies import body_of
from .credentials import Credentials
from .exchange import Answer, Asked, Refused
from .faults import Fault, Faults
from .hooks import Hook
from .paging import Query, Slice, serve
from .routes import Matcher, Route, placed
from .world import World

TOKEN = "simulated-token"  # noqa: S105 - it opens nothing
JSON = {"content-type": "application/json; charset=utf-8"}


class Service:
    """Answers as the service would. `requests` is what it was asked."""

    def __init__(
        self, hook: type[Hook], world: World, *, token: str = TOKEN, page_size: int | None = None
    ) -> None:
        self.hook, self.world, self.token, self.page_size = hook, world, token, page_size
        self.requests: list[Asked] = []
        self._credentials = Credentials(hook, token)
        self._faults = Faults()

    def settle(self, url: str) -> None:
        """Take an address: records link to it, and connections lead to it."""
        self.url, self._prefix = url, self._credentials.prefix(url)
        self._proof = self._credentials.proof(url)
        self.world.serve_at(url)
        partitions = (stream.partition for stream in self.hook.streams.values() if stream.partition)
        patterns = {**self.world.patterns, **{part.name: part.pattern for part in partitions}}
        self._matchers = [Matcher.of(route, patterns) for route in (*self.world.routes(), *self._lists())]

    def connection(self) -> str:
        """The JSON of an Airflow connection to this service, for `AIRFLOW_CONN_<ID>`."""
        return self._credentials.connection(self.url)

    def fail(
        self,
        status: int,
        times: int = 1,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        path: str = "",
    ) -> None:
        """Answer the next requests (those in whose path the pattern `path` is found) wrongly."""
        self._faults.faults.append(Fault(status, times, headers or {}, body, path))

    def before(self, request: int, callback: Callable[[], object]) -> None:
        """Call back just before the `request`th request from now is answered."""
        self._faults.surprises.setdefault(len(self.requests) + request, []).append(callback)

    def answer(self, asked: Asked) -> Answer:
        self.requests.append(asked)
        self._faults.surprise(len(self.requests))
        fault = self._faults.strike(asked)
        try:
            answer = self._failed(fault) if fault else self._answered(asked)
        except Refused as refused:
            answer = self.world.error(refused.status, refused.message, **refused.more)
        answer = _unmodified(asked, answer) if self.world.has_etags else answer
        self.world.spent += self.world.cost(asked, answer)
        return answer.with_headers(self.world.quota())

    def _failed(self, fault: Fault) -> Answer:
        if fault.body is None:
            return self.world.error(fault.status).with_headers(fault.headers)
        return Answer(fault.status, fault.body, {**JSON, **fault.headers})

    def _answered(self, asked: Asked) -> Answer:
        path = asked.path.removeprefix(self._prefix)
        for matcher in self._matchers:
            if (names := matcher.match(asked.method, path)) is not None:
                return self._routed(matcher.route, asked, names)
        raise Refused(404)

    def _routed(self, route: Route, asked: Asked, names: dict[str, str]) -> Answer:
        if not route.is_open and not self._proof.is_in(self.world.credentials(asked)):
            return self.world.unauthorized(asked)
        self.world.admit(asked)
        found = route.answer(asked, **names)
        return found if isinstance(found, Answer) else Answer.of(found)

    def _lists(self) -> list[Route]:
        """A route for every path that streams are read from."""
        ways: dict[tuple[str, str], list[Stream]] = {}
        for stream in sorted(self.hook.streams.values(), key=lambda stream: bool(stream.follow)):
            for method in self.world.methods(stream):
                ways.setdefault((method, stream.path), []).append(stream)
        return [Route(method, path, self._list(streams)) for (method, path), streams in ways.items()]

    def _list(self, streams: list[Stream]) -> Callable[..., Answer]:
        """Answer with the stream whose own parameters are asked for, else with the first."""

        def answer(asked: Asked, **names: str) -> Answer:
            is_asked = (s for s in streams if s.params.items() <= asked.params.items())
            return self._page(next(is_asked, streams[0]), asked, names)

        return answer

    def _page(self, stream: Stream, asked: Asked, names: dict[str, str]) -> Answer:
        partition = self._partition(stream, asked, names)
        listing = self.world.table(stream.name, partition).listing(*self.world.window(stream, asked))
        if is_wanted := self.world.is_wanted(stream, asked):
            listing = listing.where(is_wanted)
        found = serve(stream.pages, Query(asked, stream, listing, self.page_size, self.world.page_size))
        body = self.world.envelope(stream, body_of(stream, found, len(listing)), asked)
        return Answer.of(body).with_headers({**found.headers, **self._etag(found)})

    def _partition(self, stream: Stream, asked: Asked, names: dict[str, str]) -> str | None:
        if not stream.partition:
            return None
        found = names.get(stream.partition.name) or placed(stream.partition, stream.params, asked.fields)
        if found not in self.world.partitions(stream.name):
            raise Refused(404)
        return found

    def _etag(self, found: Slice) -> dict[str, str]:
        """Of the records' own checksums: the pages of a large world need not be read through again."""
        if not self.world.has_etags:
            return {}
        return {"etag": f'W/"{hash(tuple(row.checksum for row in found.rows)) & (2**64 - 1):016x}"'}


def _unmodified(asked: Asked, answer: Answer) -> Answer:
    """An answer with its ETag, or 304 for who has seen it."""
    if asked.method != "GET" or answer.status != 200:  # noqa: PLR2004 - the one that can be unmodified
        return answer
    etag = answer.headers.get("etag") or f'W/"{crc32(answer.body):08x}"'
    if asked.headers.get("if-none-match") == etag:
        return Answer(304, headers={"etag": etag})
    return answer.with_headers({"etag": etag})
