from __future__ import annotations

import msgspec
import pytest

from airflow_connectors.core import (
    Cursor,
    LinkHeader,
    NextToken,
    NextUrl,
    Offset,
    OnePage,
    Order,
    PageNumber,
    Param,
    Request,
    Response,
    Stream,
    Window,
    dig,
    epoch_ms,
    from_epoch_ms,
    read,
)
from airflow_connectors.testing.bodies import body_of
from airflow_connectors.testing.exchange import Asked, Refused
from airflow_connectors.testing.manners import Manners
from airflow_connectors.testing.paging import Query, rank, serve
from airflow_connectors.testing.table import Table
from airflow_connectors.testing.world import now

STYLES = [
    LinkHeader(("size", 3)),
    NextToken("meta.next", "token", ("size", 3)),
    NextToken("next", "token", ("size", 3), last="isLast"),
    NextToken("next", "token", ("size", 3), in_body=True),
    NextUrl("paging.next", ("size", 3)),
    NextUrl("paging.next", ("size", 3), until_empty=True),
    PageNumber("page", ("size", 3)),
    PageNumber("page", ("size", 3), start=0),
    Offset("start", ("size", 3), total="total"),
    Offset("start", ("size", 3)),
    OnePage(),
]
ORDERS = [Order.OLDEST_FIRST, Order.NEWEST_FIRST, Order.NONE]
EVER = Window(None, now())


def stream(pages, order=Order.OLDEST_FIRST) -> Stream:
    cursor = Cursor(field="moved", order=order, parse=from_epoch_ms, since=Param("since", epoch_ms))
    body = {} if getattr(pages, "in_body", False) else None
    return Stream(path="/things", name="things", records="data.things", pages=pages, cursor=cursor, body=body)


def table(declared: Stream, size: int = 10) -> Table:
    """Things of which two in a row moved at the same moment."""
    made = Table(declared, lambda record: record)
    made.write(put=({"id": n, "moved": 1_000_000 + n // 2} for n in range(size)))
    return made


class Server:
    """Pages of a table, as the other end of our own reader."""

    def __init__(self, declared: Stream, things: Table, *, most: int | None = None) -> None:
        self.declared, self.things, self.most = declared, things, most
        self.asked: list[Asked] = []

    def __call__(self, request: Request) -> Response:
        path, _, query = request.path.partition("?")
        pairs = (pair.partition("=")[::2] for pair in filter(None, query.split("&")))
        params = {**dict(pairs), **{name: str(value) for name, value in request.params.items()}}
        asked = Asked(
            request.method, path, params, {}, msgspec.json.encode(request.json or {}), "http://x/things"
        )
        self.asked.append(asked)
        listing = self.things.listing(*Manners().window(self.declared, asked))
        found = serve(self.declared.pages, Query(asked, self.declared, listing, self.most))
        body = msgspec.json.encode(body_of(self.declared, found, len(listing)))
        link = found.headers.get("link", "")
        nexts = [part[1 : part.index(">")] for part in link.split(", ") if 'rel="next"' in part]
        return Response(request, 200, {}, body, dict(zip(["next"], nexts, strict=False)))


def ids(server: Server, window: Window = EVER) -> list[int]:
    return [record["id"] for page in read(server.declared, server, window) for record in page.records]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("pages", STYLES, ids=repr)
def test_our_reader_gets_every_record_once_in_the_declared_order(pages, order):
    declared = stream(pages, order)
    found = ids(Server(declared, table(declared)))
    assert found == sorted(range(10), reverse=order is Order.NEWEST_FIRST)


@pytest.mark.parametrize("size", [0, 1, 3, 4])
@pytest.mark.parametrize("pages", STYLES, ids=repr)
def test_lists_that_fill_their_pages_exactly_or_not_at_all_end_too(pages, size):
    declared = stream(pages)
    assert ids(Server(declared, table(declared, size))) == list(range(size))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("pages", STYLES, ids=repr)
def test_since_narrows_every_style_of_paging(pages, order):
    declared = stream(pages, order)
    assert sorted(ids(Server(declared, table(declared)), Window(from_epoch_ms(1_000_003), now()))) == [
        6,
        7,
        8,
        9,
    ]


def test_a_server_may_shorten_the_pages_that_are_asked_for():
    declared = stream(NextToken("next", "token", ("size", 3)))
    server = Server(declared, table(declared), most=2)
    assert ids(server) == list(range(10))
    assert len(server.asked) == 5


def test_the_size_that_is_asked_for_is_given_up_to_the_largest():
    declared = stream(LinkHeader(("size", 3)))
    sizes = [Query(Asked("GET", "/", {"size": text}), declared, table(declared).listing()) for text in "249x"]
    assert [query.size(("size", 3)) for query in sizes] == [2, 3, 3, 3]


@pytest.mark.parametrize("pages", [STYLES[0], STYLES[1], STYLES[4]], ids=repr)
def test_what_moves_while_it_is_read_is_met_again_and_nothing_is_skipped(pages):
    declared = stream(pages)
    things = table(declared)
    server = Server(declared, things)
    read_pages = read(declared, server, EVER)
    first = [record["id"] for record in next(read_pages).records]
    things.write(put=[{"id": 1, "moved": 2_000_000}], drop=[(2,)])
    rest = [record["id"] for page in read_pages for record in page.records]
    assert (first, rest) == ([0, 1, 2], [3, 4, 5, 6, 7, 8, 9, 1])


def test_a_feed_by_moments_keeps_records_of_the_same_moment_together():
    declared = stream(NextToken("until", "since", ("size", 3), last="isLast"))
    server = Server(declared, table(declared))
    assert ids(server) == list(range(10))
    assert len(server.asked) == 3


@pytest.mark.parametrize("text", ["x", "!", "MTIz", "é"])
def test_a_token_that_was_never_given_out_is_refused(text):
    with pytest.raises(Refused, match="is not a page token"):
        rank(text)


def test_numbered_pages_link_to_all_their_neighbours():
    declared = stream(LinkHeader(("size", 3)))
    asked = Asked("GET", "/things", {"page": "2"}, url="http://x/things")
    links = serve(declared.pages, Query(asked, declared, table(declared).listing())).headers["link"]
    assert [part.partition("page=")[2] for part in links.split(", ")] == [
        '1>; rel="prev"',
        '3>; rel="next"',
        '4>; rel="last"',
        '1>; rel="first"',
    ]


def test_the_total_is_where_the_stream_says():
    declared = Stream(
        path="/", name="things", records="values", pages=Offset("start", ("n", 2), total="page.total")
    )
    things = Table(declared, lambda record: record)
    things.write(put=[{"id": n} for n in range(5)])
    found = serve(declared.pages, Query(Asked("GET", "/"), declared, things.listing()))
    assert dig(body_of(declared, found, 5), "page.total") == 5


def test_a_style_that_nobody_serves_yet_is_named():
    with pytest.raises(TypeError, match="cannot serve object: register it"):
        serve(object(), Query(Asked("GET", "/"), stream(OnePage()), table(stream(OnePage())).listing()))
