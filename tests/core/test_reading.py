"""Streams and pages, read from answers that are written down here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from airflow_connectors.core import (
    ConfigError,
    Cursor,
    DataError,
    Follow,
    LinkHeader,
    NextToken,
    NextUrl,
    Offset,
    OnePage,
    Order,
    PageNumber,
    Param,
    Partition,
    Request,
    Response,
    Stream,
    Window,
    epoch_ms,
    from_epoch,
    from_epoch_ms,
    get,
    iso,
    read,
)
from airflow_connectors.core.stream import lifted

NOW = datetime(2026, 11, 21, tzinfo=UTC)
WINDOW = Window(None, NOW)


class Service:
    """Answers in turn and remembers what it was asked."""

    def __init__(self, *answers: Response | bytes) -> None:
        self.answers = [answer if isinstance(answer, Response) else ok(answer) for answer in answers]
        self.asked: list[Request] = []

    def send(self, request: Request) -> Response:
        self.asked.append(request)
        return self.answers[len(self.asked) - 1]


def ok(body: bytes, **links: str) -> Response:
    return Response(get("/things"), 200, {"content-type": "application/json"}, body, links)


def ids(stream: Stream, service: Service, window: Window = WINDOW, **more) -> list[int]:
    return [record["id"] for page in read(stream, service.send, window, **more) for record in page.records]


def things(**declared) -> Stream:
    return Stream(path="/things", name="things", **declared)


def test_one_page_is_one_request():
    service = Service(b'[{"id": 1}]')
    assert ids(things(pages=OnePage()), service) == [1]
    assert len(service.asked) == 1


def test_link_headers_are_followed():
    service = Service(ok(b'[{"id": 1}]', next="https://api.invalid/things?page=2"), b'[{"id": 2}]')
    assert ids(things(pages=LinkHeader(size=("per_page", 1))), service) == [1, 2]
    assert (service.asked[1].path, service.asked[1].params) == ("https://api.invalid/things?page=2", {})


def test_a_token_in_the_body_is_sent_back():
    service = Service(
        b'{"items": [{"id": 1}], "meta": {"next": "n"}}', b'{"items": [{"id": 2}], "meta": {"next": ""}}'
    )
    assert ids(things(records="items", pages=NextToken("meta.next", "cursor")), service) == [1, 2]
    assert service.asked[1].params["cursor"] == "n"


def test_a_token_can_go_back_in_the_body():
    pages = NextToken("next", "after", size=("limit", 1), in_body=True)
    service = Service(b'{"items": [{"id": 1}], "next": "n"}', b'{"items": []}')
    assert ids(things(records="items", pages=pages, body={"q": 1}), service) == [1]
    assert [request.json for request in service.asked] == [
        {"q": 1, "limit": 1},
        {"q": 1, "limit": 1, "after": "n"},
    ]
    assert service.asked[0].method == "POST"
    assert service.asked[0].is_repeatable


def test_a_url_in_the_body_is_followed():
    service = Service(
        b'{"items": [{"id": 1}], "next": "https://api.invalid/2"}', b'{"items": [], "next": null}'
    )
    assert ids(things(records="items", pages=NextUrl("next")), service) == [1]


def test_numbered_pages_end_at_one_that_is_not_full():
    service = Service(b'[{"id": 1}, {"id": 2}]', b'[{"id": 3}]')
    assert ids(things(pages=PageNumber("page", ("size", 2))), service) == [1, 2, 3]
    assert [request.params["page"] for request in service.asked] == [1, 2]


def test_offsets_end_at_the_total_or_at_an_empty_page():
    counted = Service(b'{"items": [{"id": 1}], "total": 2}', b'{"items": [{"id": 2}], "total": 2}')
    assert ids(things(records="items", pages=Offset("start", ("max", 2), total="total")), counted) == [1, 2]
    uncounted = Service(b'[{"id": 1}]', b"[]")
    assert ids(things(pages=Offset("start", ("max", 2))), uncounted) == [1]
    assert [request.params["start"] for request in uncounted.asked] == [0, 1]


def test_a_repeated_token_is_an_error_and_not_a_loop():
    page = b'{"items": [{"id": 1}], "next": "same"}'
    with pytest.raises(DataError, match="second time"):
        ids(things(records="items", pages=NextToken("next", "cursor")), Service(*[page] * 5))


def test_a_feed_ends_with_the_window():
    feed = things(pages=NextUrl("next"), records="items", cursor=Cursor(field="at", order=Order.NEWEST_FIRST))
    page = b'{"items": [{"id": 1, "at": "2026-11-01T00:00:00Z"}], "next": "https://api.invalid/2"}'
    service = Service(page, page)
    assert ids(feed, service, Window(NOW - timedelta(days=5), NOW)) == [1]
    assert len(service.asked) == 1


def test_references_are_followed_to_records():
    follow = Follow(
        lambda heads: [get("/many", ids=",".join(str(head["ref"]) for head in heads))], records="found"
    )
    service = Service(b'[{"ref": 7}, {"ref": 8}]', b'{"found": [{"id": 7}, {"id": 8}]}')
    assert ids(things(follow=follow), service) == [7, 8]
    assert service.asked[1].params == {"ids": "7,8"}


def test_reading_goes_on_at_a_remembered_request():
    remembered = Request.load(get("/things", page=3).dump())
    service = Service(b'[{"id": 9}]')
    assert ids(things(), service, resume=remembered) == [9]
    assert service.asked[0].params == {"page": 3}


def test_headers_are_not_remembered():
    assert "hush" not in get("/things").with_headers(Authorization="hush").dump()


def test_an_unmodified_first_page_says_so():
    service = Service(Response(get("/things"), 304))
    (page,) = read(things(), service.send, WINDOW, etag='"e"')
    assert page.is_unmodified
    assert service.asked[0].headers == {"If-None-Match": '"e"'}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>Log in</html>", "not JSON"),
        (b'[{"id": 1', "not JSON"),
        (b'{"errors": []}', "no list of records at 'items'; the answer (200) has the keys errors"),
        (b'{"items": {}}', "no list"),
        (b'"text"', "no list"),
        (b'{"items": [1]}', "not an object"),
    ],
)
def test_what_is_not_the_declared_list_is_named(body, words):
    with pytest.raises(DataError) as caught:
        ids(things(records="items"), Service(body))
    assert words in str(caught.value)


def test_a_partition_is_quoted_into_the_path_and_kept_with_the_record():
    stream = Stream(path="/r/{repo}/things", partition=Partition("repo", option="repos"), name="things")
    service = Service(b'[{"id": 1}]')
    (page,) = read(stream, service.send, WINDOW, "a b")
    assert service.asked[0].path == "/r/a%20b/things"
    assert page.records == [{"id": 1, "_repo": "a b"}]


@pytest.mark.parametrize("value", ["a/b", "../admin", "a?x=1", "", 7, None])
def test_a_partition_that_would_change_the_path_is_refused(value):
    with pytest.raises(ConfigError, match="is not a repo"):
        Partition("repo", option="repos").check(value)


def test_lifted_fields_do_not_overwrite_the_records_own():
    assert lifted({"id": 1, "fields": {"id": 2, "name": "n"}}, "fields") == {
        "id": 1,
        "fields_id": 2,
        "name": "n",
    }


def test_bounds_round_down_so_that_nothing_is_skipped():
    moment = datetime(2026, 1, 1, 0, 0, 0, 999999, tzinfo=UTC)
    assert iso(moment) == "2026-01-01T00:00:00Z"
    assert epoch_ms(moment) == 1767225600999


def test_a_moment_survives_each_format_and_zone():
    berlin = datetime.fromisoformat("2026-03-29T03:30:00+02:00")
    assert iso(berlin) == "2026-03-29T01:30:00Z"
    assert from_epoch_ms(epoch_ms(berlin)) == from_epoch(berlin.timestamp()) == berlin


def test_a_cursor_without_a_zone_is_utc():
    assert Cursor(field="at").of({"at": "2026-01-01T00:00:00"}) == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, "soon", 7, {}])
def test_a_cursor_that_is_no_time_is_named(value):
    with pytest.raises(DataError, match="'at' holds"):
        Cursor(field="at").of({"at": value})


def test_a_window_is_asked_for_as_far_as_the_service_can():
    cursor = Cursor(field="at", since=Param("since"), until=Param("until", epoch_ms))
    asked = things(cursor=cursor).first(Window(NOW, NOW))
    assert asked.params == {"since": "2026-11-21T00:00:00Z", "until": 1795219200000}
