"""The base of every hook: a connection, a client, and the streams its class declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from airflow_connectors.core import (
    Client,
    ConfigError,
    ConnectorError,
    Middleware,
    Partition,
    Place,
    RateLimit,
    Record,
    Request,
    Response,
    Stream,
    Window,
    get,
    patch,
    post,
    put,
    raise_for_status,
    read,
)
from airflow_connectors.core.client import PATIENCE

from .connection import Form, Settings
from .places import chosen, placed

if TYPE_CHECKING:
    import httpx
    from airflow.sdk import Connection


class ConnectorHook(BaseHook):
    """
    Reach one service through an Airflow connection.

    A subclass declares its `form`, `ping` (the cheapest authenticated request) and streams, and says how
    a connection becomes a `base_url` and an `auth`. `hosts` may receive credentials besides the base URL's.
    """

    conn_type: ClassVar[str]
    conn_name_attr: ClassVar[str]
    default_conn_name: ClassVar[str]
    name: ClassVar[str]
    hook_name: ClassVar[str]
    form: ClassVar[Form]
    ping: ClassVar[Request]
    hosts: ClassVar[tuple[str, ...]] = ()
    headers: ClassVar[Mapping[str, str]] = {}
    limit: ClassVar[RateLimit | None] = None
    streams: ClassVar[dict[str, Stream]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.conn_type = f"{cls.name}_api"
        cls.conn_name_attr = f"{cls.name}_conn_id"
        cls.default_conn_name = f"{cls.name}_default"
        cls.streams = {**cls.streams, **{s.name: s for s in vars(cls).values() if isinstance(s, Stream)}}

    def __init__(
        self,
        conn_id: str | None = None,
        *,
        middleware: Iterable[Middleware] = (),
        patience: float = PATIENCE,
        **named: str,
    ) -> None:
        super().__init__()
        # Airflow's Connection.get_hook passes the id under its own name: `github_conn_id=...`.
        self.conn_id = conn_id or named.pop(self.conn_name_attr, self.default_conn_name)
        if named:
            raise TypeError(f"{type(self).__name__} has no parameter {', '.join(named)}")
        self._middleware, self._patience = tuple(middleware), patience

    @staticmethod
    def check(response: Response) -> None:
        """Raise for an answer that is an error. Override where errors hide in a 200."""
        raise_for_status(response)

    def base_url(self, settings: Settings) -> str:
        """Where the service is."""
        raise NotImplementedError

    def auth(self, settings: Settings) -> httpx.Auth | None:
        """How to prove who is asking; None where the service does not care."""
        return None

    def extra_headers(self, settings: Settings) -> dict[str, str]:
        """Headers that depend on the connection."""
        return {}

    @cached_property
    def client(self) -> Client:
        """The client of this hook's connection, which is looked up on first use."""
        try:
            return self._client(self.get_connection(self.conn_id))
        except AirflowNotFoundException as error:
            raise self._no_connection() from error

    async def aclient(self) -> Client:
        """A client for triggers, which must not look connections up synchronously."""
        try:
            return self._client(await self.aget_connection(self.conn_id))
        except AirflowNotFoundException as error:
            raise self._no_connection() from error

    def _client(self, conn: Connection) -> Client:
        settings = self.form.read(conn)
        return Client(
            self.base_url(settings),
            self.auth(settings),
            hosts=self.hosts,
            headers={**self.headers, **self.extra_headers(settings)},
            check=type(self).check,
            middleware=self._middleware,
            patience=self._patience,
            verify=settings.verify,
        )

    def _no_connection(self) -> ConfigError:
        message = (
            f"connection {self.conn_id!r} does not exist: create it under Admin > Connections with type "
            f"{self.hook_name!r}, or set AIRFLOW_CONN_{self.conn_id.upper()}"
        )
        return ConfigError(message)

    def get_conn(self) -> httpx.Client:
        """An authenticated `httpx.Client`, for what this hook has no method for."""
        return self.client.http

    def request(self, request: Request) -> Response:
        return self.client.send(request)

    def get(self, path: str, **params: Any) -> Any:
        """GET and decode JSON."""
        return self.client.send(get(path, **params)).json

    def post(self, path: str, json: Any = None) -> Any:
        """POST JSON and decode the answer. Never resent once the service may have acted."""
        return self.client.send(post(path, json)).json

    def put(self, path: str, json: Any = None) -> Any:
        return self.client.send(put(path, json)).json

    def patch(self, path: str, json: Any = None) -> Any:
        return self.client.send(patch(path, json)).json

    @classmethod
    def stream(cls, name: str) -> Stream:
        """The stream of that name. Raises ConfigError listing those there are."""
        if name not in cls.streams:
            raise ConfigError(f"{cls.hook_name} has no stream {name!r}; it has {', '.join(cls.streams)}")
        return cls.streams[name]

    def read(
        self, stream: str, *, since: datetime | None = None, until: datetime | None = None, **options: Any
    ) -> Iterator[Record]:
        """Yield a stream's records: `hook.read("issues", repositories=["apache/airflow"])`."""
        declared = self.located(self.stream(stream))
        window = Window(since, until or datetime.now(UTC))
        for partition in self.partitions(declared, options):
            for page in read(declared, self.client.send, window, partition):
                yield from page.records

    def partitions(self, stream: Stream, options: Mapping[str, Any]) -> Iterator[Place | None]:
        """The partitions to read: those the options name, else those another stream lists, one by one."""
        partition = stream.partition
        if partition is None:
            return iter([None])
        given = options.get(partition.option) or ()
        named = [partition.place(one) for one in ([given] if isinstance(given, str) else given)]
        if partition.within is None and named:
            return iter(named)
        if not partition.stream and not named:
            raise ConfigError(
                f"{stream.name} is read per {partition.name}: name them in {partition.option}=[...]"
            )
        return chosen(partition, named, self._listed(partition, options))

    def _listed(self, partition: Partition, options: Mapping[str, Any]) -> Iterator[Place]:
        """The places that the parent stream lists, each within the parent's own if it lies there."""
        parent = self.located(self.stream(partition.stream))
        window = Window(None, datetime.now(UTC))
        for outer in self.partitions(parent, options):
            for page in read(parent, self.client.send, window, outer):
                yield from placed(partition, parent, page.records, outer if partition.within else None)

    def zone(self, settings: Settings) -> tzinfo:
        """The account's time zone, for cursors that have none of their own. It may ask the service."""
        raise NotImplementedError

    def located(self, stream: Stream) -> Stream:
        """The stream with moments as this connection's account reads them."""
        removals = self.located(stream.removals) if stream.removals else None
        if not stream.cursor or stream.cursor.zone:
            return stream if removals is stream.removals else replace(stream, removals=removals)
        return replace(stream, removals=removals, cursor=replace(stream.cursor, zone=self._zone))

    @cached_property
    def _zone(self) -> tzinfo:
        return self.zone(self.form.read(self.get_connection(self.conn_id)))

    def test_connection(self) -> tuple[bool, str]:
        """Say whether the connection works: one request, no side effects."""
        try:
            with self.client as client:
                client.send(self.ping)
        except ConnectorError as error:
            return False, str(error)
        return True, f"{self.hook_name} answers and accepts the credentials"

    def close(self) -> None:
        """Close the connection pool, if one was opened."""
        if "client" in vars(self):
            self.client.close()
