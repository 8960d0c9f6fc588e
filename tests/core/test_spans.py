"""Windows with more records than a service returns for one query: read in several, whole and to an end."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_connectors.core import (
    Cursor,
    Order,
    PageNumber,
    Param,
    Partition,
    RejectedError,
    Response,
    Stream,
    Window,
    get,
    iso,
    read,
)
from airflow_connectors.core.moments import MINUTE

from .capped import CRM_CURSOR, ISSUES_CURSOR, Crm, Issues, crm, issues, moment, thing

NOW = datetime(2026, 11, 21, tzinfo=UTC)
WHOLE = Window(None, NOW)
ORDERS = [Order.OLDEST_FIRST, Order.NEWEST_FIRST, Order.NONE]


def things(count, step=1.0):
    return [thing(number, number * step) for number in range(count)]


def pages(stream, service, window=WHOLE, **more):
    return list(read(stream, service.client.send, window, **more))


def ids(found):
    return Counter(record["id"] for page in found for record in page.records)


def lost(found):
    return [page.lost for page in found if page.lost]


def is_all(found, service):
    return ids(found).keys() == {record["id"] for record in service.records} and not lost(found)


# What is not cut.


@pytest.mark.parametrize("count", [0, 1, 19])
def test_a_window_within_the_cap_is_one_query(count):
    service = Crm(things(count))
    found = pages(crm(), service)
    assert max(ids(found).values(), default=1) == 1
    assert (is_all(found, service), len(service.asked)) == (True, -(-count // 5) or 1)


def test_a_full_cap_of_which_the_service_says_no_more_is_asked_beyond_all_the_same():
    service = Issues(things(18), cap=18)
    found = pages(issues(18, order=Order.OLDEST_FIRST), service)
    assert (is_all(found, service), len(service.asked)) == (True, 4)


def test_more_than_the_cap_that_came_all_the_same_is_not_read_again():
    service = Issues(things(25), cap=100)
    found = pages(issues(20, per_page=30, order=Order.OLDEST_FIRST), service)
    assert (is_all(found, service), len(service.asked)) == (True, 1)


# Oldest first: the query goes on from the newest record.


@pytest.mark.parametrize("count", [20, 21, 95])
def test_oldest_first_goes_on_from_the_newest_record(count):
    service = Crm(things(count))
    assert is_all(pages(crm(), service), service)
    assert len(service.asked) <= count / 5 * 1.1 + 2


def test_nothing_is_refused_on_the_way():
    service = Crm(things(95))
    pages(crm(limit=4), service)
    assert {service.found(sent).status_code for sent in service.asked} == {200}


def test_ten_thousand_five_hundred_records_at_the_real_cap():
    service = Crm(things(10_500, step=0.001), cap=10_000)
    found = pages(crm(10_000, limit=200), service)
    assert (is_all(found, service), len(service.asked)) == (True, 53)


def test_what_shares_the_last_moment_before_the_cap_is_not_lost():
    service = Crm([thing(number, number // 3) for number in range(100)])
    assert is_all(pages(crm(), service), service)


def test_a_service_that_ends_silently_at_its_cap_is_asked_on():
    service = Issues(things(95))
    service.has_total = False
    assert is_all(pages(issues(order=Order.OLDEST_FIRST), service), service)


# Newest first: it goes on down from the oldest one.


def test_newest_first_goes_on_down_from_the_oldest_record():
    service = Issues(things(95))
    found = pages(issues(order=Order.NEWEST_FIRST), service)
    assert is_all(found, service)
    assert [p.records[0]["changed"] for p in found] == sorted(p.records[0]["changed"] for p in found)[::-1]


def test_newest_first_ends_where_the_window_begins():
    service = Issues(things(95))
    feed = issues(
        order=Order.NEWEST_FIRST, cursor=replace(ISSUES_CURSOR, since=None, order=Order.NEWEST_FIRST)
    )
    found = pages(feed, service, Window(datetime.fromisoformat(moment(60)), NOW))
    assert set(range(60, 95)) <= ids(found).keys()
    assert (lost(found), min(ids(found)) > 40) == ([], True)


# In no order: halves, or by key.


@pytest.mark.parametrize("has_total", [True, False])
def test_no_order_is_read_in_halves(has_total):
    service = Issues(things(95))
    service.has_total = has_total
    assert is_all(pages(issues(), service), service)


def test_a_count_beyond_the_cap_splits_a_query_before_it_is_read():
    service = Issues(things(95, step=250_000))
    found = pages(issues(per_page=2), service)
    assert max(ids(found).values()) == 1
    assert {len(p.records) for p in found if p.total > 20} == set()


def test_no_order_is_read_by_key_where_the_service_has_one():
    service = Crm(things(95))
    found = pages(crm(cursor=replace(CRM_CURSOR, order=Order.NONE)), service)
    assert (is_all(found, service), max(ids(found).values())) == (True, 1)
    assert len(service.asked) == 1 + 19


# More equal moments than the cap.


@pytest.mark.parametrize("others", [0, 60])
def test_more_equal_moments_than_the_cap_are_read_by_key(others):
    ties = [thing(1_000 + number, 30) for number in range(77)]
    service = Crm([*things(others), *ties])
    assert is_all(pages(crm(), service), service)


@pytest.mark.parametrize("order", ORDERS)
def test_more_equal_moments_than_the_cap_are_said_to_be_lost_where_there_is_no_key(order):
    ties = [thing(1_000 + number, 30) for number in range(50)]
    service = Issues([*things(60), *ties])
    found = pages(issues(order=order), service)
    assert set(range(60)) <= ids(found).keys()
    assert all(span.since <= datetime.fromisoformat(moment(30)) <= span.until for span in lost(found))
    assert (bool(lost(found)), len(service.asked) < 120) == (True, True)


def test_a_service_that_ignores_the_key_is_not_asked_for_ever():
    deaf = replace(CRM_CURSOR, after=lambda request, key: request.with_body(seen=list(key)))
    service = Crm([thing(number, 30) for number in range(50)])
    found = pages(crm(cursor=deaf), service)
    assert (len(lost(found)), len(service.asked) < 30) == (1, True)


def test_keys_are_followed_by_size_and_not_as_texts():
    texts = [{**thing(number, 30), "id": str(number)} for number in range(5, 120)]

    class Texts(Crm):
        def holds(self, record, wanted):
            return super().holds({**record, "id": int(record["id"])}, wanted)

        def rank(self, record, name, count):
            return super().rank({**record, "id": int(record["id"])}, name, count)

    service = Texts(texts)
    assert is_all(pages(crm(), service), service)


def test_equal_moments_of_which_the_clock_shows_less_are_one_step():
    coarse = Cursor(
        field="changed",
        since=Param("since"),
        until=Param("until"),
        order=Order.OLDEST_FIRST,
        precision=MINUTE,
    )
    stream = Stream(
        path="/things", name="things", cursor=coarse, cap=20, pages=PageNumber("page", ("size", 5))
    )
    found = []

    def send(request):
        since, until = request.params.get("since", ""), request.params["until"]
        fitting = [r for r in things(100) if since <= iso(datetime.fromisoformat(r["changed"])) <= until]
        start = (request.params["page"] - 1) * 5
        found.append(request)
        return Response(request, 200, {}, str(fitting[start : start + 5]).replace("'", '"').encode())

    read_all = list(read(stream, send, WHOLE))
    assert [(span.until - span.since) for span in lost(read_all)] == [MINUTE, MINUTE]
    assert len(found) < 40


# Where nothing can be done.


@pytest.mark.parametrize(
    "cursor",
    [None, Cursor(field="changed"), replace(ISSUES_CURSOR, until=None), replace(ISSUES_CURSOR, since=None)],
)
def test_a_window_that_cannot_be_split_is_read_to_the_cap_and_said_to_be_lost(cursor):
    service = Issues(things(95))
    service.fits = lambda _record, _query: True
    found = pages(issues(cursor=cursor), service)
    assert (len(ids(found)), len(lost(found)), len(service.asked)) == (18, 1, 3)


def test_a_bound_in_a_format_of_which_nothing_is_known_does_not_loop():
    by_day = Cursor(
        field="changed", since=Param("since", lambda at: at.strftime("%Y-%m-%d")), order=Order.OLDEST_FIRST
    )
    service = Issues(things(95))
    service.fits = lambda _record, _query: True
    found = pages(issues(order=Order.OLDEST_FIRST, cursor=by_day), service)
    assert (len(lost(found)), len(service.asked) <= 8) == (1, True)


# Going on in the middle.


@pytest.mark.parametrize("at", range(1, 25))
def test_reading_goes_on_in_the_span_where_it_was_interrupted(at):
    service = Crm([thing(number, number // 30) for number in range(75)])
    before = list(islice(read(crm(), service.client.send, WHOLE), at))
    if before[-1].next is None:
        assert is_all(before, service)
        return
    after = pages(crm(), service, resume=before[-1].next, rest=before[-1].rest)
    assert is_all([*before, *after], service)


def test_what_remains_of_a_window_is_named_with_the_next_page():
    found = pages(crm(), Crm(things(45)))
    assert [page.rest[0].read for page in found[:-1]] == [5, 10, 15, 0, 5, 10, 15, 0, 5]
    assert found[-1].rest == ()


# Counting.


def test_the_counts_of_several_queries_add_up():
    service = Issues(things(95, step=250_000))
    found = pages(issues(), service)
    counted = {page.span: page.total for page in found if page.rest[:1] != (page.span,)}
    assert (sum(counted.values()), sum(page.missing for page in found)) == (95, 0)


@pytest.mark.parametrize("number", [3, 33, 94])
def test_a_record_that_a_query_counts_and_does_not_list_is_missing(number):
    service = Issues(things(95, step=250_000))
    found = service.found
    service.found = lambda sent: without(found(sent), number)
    assert sum(page.missing for page in pages(issues(per_page=5), service)) == 1


def without(response, number):
    body = response.json()
    body["items"] = [record for record in body["items"] if record["id"] != number]
    links = {name: text for name, text in response.headers.items() if name == "link"}
    return httpx.Response(200, json=body, headers=links)


# Every page of an unordered list is read: nothing is filtered, and only the pages as they came tell the end.


def test_records_older_than_the_window_end_nothing_where_there_is_no_order():
    old, new = moment(0), moment(999)
    order = [old] * 9 + [new] * 3
    answers = {
        page: [{"id": page * 3 + n, "changed": order[page * 3 + n]} for n in range(3)] for page in range(4)
    }
    stream = Stream(
        path="/things",
        name="things",
        cursor=Cursor(field="changed"),
        pages=PageNumber("page", ("size", 3), start=0),
    )

    def send(request):
        body = answers.get(request.params["page"], [])
        return Response(request, 200, {}, str(body).replace("'", '"').encode())

    window = Window(datetime.fromisoformat(moment(500)), NOW)
    assert len([r for page in read(stream, send, window) for r in page.records]) == 12


# Worlds of any density.

quick = settings(deadline=None, max_examples=40)
SECONDS = st.lists(st.integers(0, 40), max_size=120)


@quick
@given(
    seconds=SECONDS, times=st.integers(2, 6), limit=st.integers(2, 6), since=st.none() | st.integers(0, 40)
)
def test_any_world_is_read_whole_by_key(seconds, times, limit, since):
    cap = times * limit
    service = Crm([thing(number, second) for number, second in enumerate(seconds)], cap)
    window = Window(None if since is None else datetime.fromisoformat(moment(since)), NOW)
    found = pages(crm(cap, limit), service, window)
    wanted = {number for number, second in enumerate(seconds) if since is None or second >= since}
    assert (ids(found).keys(), lost(found), sum(page.missing for page in found)) == (wanted, [], 0)


@quick
@pytest.mark.parametrize("order", ORDERS)
@given(seconds=SECONDS, cap=st.integers(6, 30), per_page=st.integers(2, 6), has_total=st.booleans())
def test_any_world_is_read_whole_or_said_not_to_be(order, seconds, cap, per_page, has_total):
    service = Issues([thing(number, second) for number, second in enumerate(seconds)], cap)
    service.has_total = has_total
    found = pages(issues(cap, per_page, order), service)
    absent = {number for number, _ in enumerate(seconds)} - ids(found).keys()
    spans = lost(found)
    for number in absent:
        at = datetime.fromisoformat(moment(seconds[number]))
        assert any(span.since <= at <= span.until for span in spans if span.since)
    assert len(spans) <= sum(count >= cap - per_page for count in Counter(seconds).values()) * 2


@quick
@pytest.mark.parametrize("order", [Order.OLDEST_FIRST, Order.NONE])
@given(seconds=SECONDS, at=st.integers(1, 40))
def test_any_world_is_whole_after_an_interruption(order, seconds, at):
    service = Crm([thing(number, second) for number, second in enumerate(seconds)])
    stream = crm(cursor=replace(CRM_CURSOR, order=order))
    before = list(islice(read(stream, service.client.send, WHOLE), at))
    after = []
    if before[-1].next:
        after = pages(stream, service, resume=before[-1].next, rest=before[-1].rest)
    assert is_all([*before, *after], service)


# In a partition, and with a service's refusal of its own.


def test_spans_stay_in_their_partition():
    box = Partition("box", option="boxes")
    service = Crm(things(45))
    found = pages(crm(path="/boxes/{box}/search", partition=box), service, partition="a")
    assert {sent.url.path for sent in service.asked} == {"/boxes/a/search"}
    assert {record["_box"] for page in found for record in page.records} == {"a"}


def test_a_page_that_is_refused_below_the_cap_is_an_error():
    with pytest.raises(RejectedError, match="no more than 10"):
        pages(crm(cap=20), Crm(things(45), cap=10))


def test_pages_that_the_service_would_refuse_are_not_foreseen():
    stream = Stream(
        path="/things",
        name="things",
        records="items",
        cap=40,
        total="total",
        pages=PageNumber("page", ("size", 10), total="total"),
    )
    response = Response(
        get("/things"), 200, {}, b'{"total": 95, "items": [%s]}' % b",".join([b'{"id": 1}'] * 10)
    )
    (page, *_) = read(stream, lambda request: replace(response, request=request), WHOLE)
    assert [request.params["page"] for request in page.expected] == [3, 4]


def test_a_window_is_asked_for_from_its_beginning_again_by_the_same_request():
    assert crm().first(WHOLE) == crm().first(Window(None, NOW + timedelta(0)))
