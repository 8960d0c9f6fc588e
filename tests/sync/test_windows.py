"""Windows in the engine: what a run asks for, what it may believe, and where the next one goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from airflow_connectors.core import Cursor, Order, PageNumber, Param, RejectedError, Stream, Written, day, iso
from airflow_connectors.sync import Options, Sync, Verdict, Write
from tests.core.capped import CRM_CURSOR, ISSUES_CURSOR, Crm, Issues, crm, issues, moment, thing

from .conftest import Table

EVERY_PAGE = Options(commit_bytes=1)
TIES = [thing(number, 30) for number in range(1_000, 1_055)]


def sync(destination, service, declared, options=EVERY_PAGE):
    return Sync(destination, "c", service.client).run(declared, options=options)


def interrupted(destination, service, declared, at, options=EVERY_PAGE):
    """A run whose request of that number is refused."""
    last = len(service.asked) + at
    service.before = lambda n: httpx.Response(400, text="mishap") if n == last else None
    with pytest.raises(RejectedError):
        sync(destination, service, declared, options)
    service.before = lambda _number: None


def cursor(destination) -> datetime | None:
    (row,) = Table(destination, "_sync_state").rows()
    return datetime.fromisoformat(row["cursor"]) if row["cursor"] else None


def at(second: float) -> datetime:
    return datetime.fromisoformat(moment(second))


# Equal timestamps.


def test_ten_thousand_equal_timestamps_are_neither_lost_nor_doubled_by_an_interruption(destination, table):
    service = Crm([thing(number, 7) for number in range(10_000)], cap=10**9)
    declared = crm(cap=10**9, limit=100)
    options = Options(commit_bytes=200_000)
    interrupted(destination, service, declared, 50, options)
    summary = sync(destination, service, declared, options)
    assert sorted(table.by_id()) == list(range(10_000))
    assert (summary.verdict, len(service.asked) < 150) == (Verdict.COMPLETE, True)


def test_ten_thousand_equal_timestamps_beyond_a_cap_are_read_by_key(destination, table):
    service = Crm([thing(number, 7) for number in range(10_000)], cap=1_000)
    declared, options = crm(cap=1_000, limit=100), Options(commit_bytes=200_000)
    interrupted(destination, service, declared, 60, options)
    assert sync(destination, service, declared, options).verdict is Verdict.COMPLETE
    assert sorted(table.by_id()) == list(range(10_000))


# Precision.


class Coarse(Crm):
    """Filters by text, as it was written: `>=`, or `>` where it leaves the bound out."""

    sign, written = ">=", staticmethod(Written("%Y-%m-%d %H:%M"))

    def found(self, sent: httpx.Request) -> httpx.Response:
        params = sent.url.params
        since, page = params.get("since", ""), int(params["page"])
        shown = {
            record["id"]: self.written(datetime.fromisoformat(record["changed"])) for record in self.records
        }
        found = [r for r in self.records if not since or self.is_after(shown[r["id"]], since)]
        return httpx.Response(200, json=found[(page - 1) * 5 : page * 5])

    def is_after(self, shown: str, since: str) -> bool:
        return shown >= since if self.sign == ">=" else shown > since


class Strict(Coarse):
    sign = ">"


class Daily(Coarse):
    written = staticmethod(day)


def coarse(written=Coarse.written, **declared: Any) -> Stream:
    by = Cursor(field="changed", since=Param("since", written), order=Order.OLDEST_FIRST, **declared)
    return Stream(path="/things", name="things", cursor=by, pages=PageNumber("page", ("size", 5)))


@pytest.mark.parametrize(
    ("kind", "declared"),
    [
        (Coarse, coarse()),
        (Strict, coarse(is_since_exclusive=True)),
        (Daily, coarse(day)),
        (Coarse, coarse(Written("%Y-%m-%d %H:%M"), lookback=timedelta(minutes=5))),
    ],
)
def test_a_filter_by_the_minute_or_the_day_loses_nothing_between_two_runs(destination, table, kind, declared):
    service = kind([thing(number, 10 * number) for number in range(12)])
    sync(destination, service, declared)
    service.records += [thing(50, 111), thing(51, 119), thing(52, 300)]
    summary = sync(destination, service, declared)
    assert (summary.new, summary.changed) == (3, 0)
    assert len(table.by_id()) == 15


def test_a_strict_filter_that_is_not_declared_as_one_loses_what_came_in_the_same_step(destination):
    service = Strict([thing(number, 10 * number) for number in range(12)])
    sync(destination, service, coarse())
    service.records += [thing(50, 111)]
    assert sync(destination, service, coarse()).new == 0


# The frozen end, the lag and the lookback, whatever the order.

ORDERS = [Order.OLDEST_FIRST, Order.NEWEST_FIRST, Order.NONE]


class Ordered(Crm):
    """Lists all it has in an order, page by page, and ignores bounds."""

    order = Order.NONE

    def found(self, sent: httpx.Request) -> httpx.Response:
        page = int(sent.url.params["page"])
        found = [*self.records]
        if self.order is not Order.NONE:
            found.sort(key=lambda record: record["changed"], reverse=self.order is Order.NEWEST_FIRST)
        return httpx.Response(200, json=found[(page - 1) * 5 : page * 5])


def ordered(order: Order, count: int = 23, **declared: Any) -> tuple[Ordered, Stream]:
    service = Ordered([thing((7 * number) % count, (7 * number) % count) for number in range(count)])
    service.order = order
    bounds = Param("since", iso), Param("until", datetime.isoformat)
    by = Cursor(field="changed", since=bounds[0], until=bounds[1], order=order, **declared)
    return service, Stream(path="/things", name="things", cursor=by, pages=PageNumber("page", ("size", 5)))


@pytest.mark.parametrize("order", ORDERS)
def test_a_resumed_window_keeps_its_frozen_end(destination, order):
    service, declared = ordered(order)
    interrupted(destination, service, declared, 3)
    assert sync(destination, service, declared).verdict is Verdict.COMPLETE
    assert len({sent.url.params["until"] for sent in service.asked}) == 1


@pytest.mark.parametrize("order", ORDERS)
def test_what_is_newer_than_the_end_is_stored_and_does_not_move_the_cursor_beyond_it(
    destination, table, order
):
    service, declared = ordered(order)
    service.records.append({"id": 99, "changed": "2999-01-01T00:00:00+00:00"})
    before = datetime.now(UTC)
    sync(destination, service, declared)
    assert 99 in table.by_id()
    assert before <= cursor(destination) <= datetime.now(UTC)


@pytest.mark.parametrize("order", ORDERS)
def test_the_lag_keeps_the_cursor_behind_the_clock(destination, order):
    service, declared = ordered(order, lag=timedelta(hours=1))
    service.records.append({"id": 99, "changed": datetime.now(UTC).isoformat()})
    sync(destination, service, declared)
    assert cursor(destination) <= datetime.now(UTC) - timedelta(hours=1)


@pytest.mark.parametrize("order", ORDERS)
def test_the_lookback_is_read_again_and_the_cursor_stays(destination, order):
    service, declared = ordered(order, lookback=timedelta(seconds=4))
    sync(destination, service, declared)
    sync(destination, service, declared)
    assert service.asked[-1].url.params["since"] == iso(at(22 - 4))
    assert cursor(destination) == at(22)


@pytest.mark.parametrize("order", ORDERS)
def test_a_run_without_news_leaves_the_cursor_where_it_was(destination, order):
    service, declared = ordered(order)
    sync(destination, service, declared)
    service.records = []
    sync(destination, service, declared)
    assert cursor(destination) == at(22)


@pytest.mark.parametrize(
    ("order", "second"), [(Order.OLDEST_FIRST, 9), (Order.NEWEST_FIRST, None), (Order.NONE, None)]
)
def test_an_interruption_leaves_the_cursor_where_order_is_proven(destination, order, second):
    service, declared = ordered(order)
    interrupted(destination, service, declared, 3)
    assert cursor(destination) == (at(second) if second else None)


def test_order_that_was_broken_before_an_interruption_is_said_after_it(destination):
    service, declared = ordered(Order.NONE)
    declared = replace(declared, cursor=replace(declared.cursor, order=Order.OLDEST_FIRST))
    interrupted(destination, service, declared, 3)
    service.records[10:] = sorted(service.records[10:], key=lambda record: record["changed"])
    assert sync(destination, service, declared).verdict is Verdict.SUSPICIOUS


def test_a_backfill_asks_for_its_own_window_and_moves_nothing(destination, table):
    service = Crm([thing(number, number) for number in range(95)])
    sync(destination, service, crm(), Options(since=at(10), until=at(60)))
    assert sorted(table.by_id()) == list(range(10, 61))
    assert Table(destination, "_sync_state").rows() == []


# Windows that hold more than the service returns for one query.


@pytest.mark.parametrize("stream", [crm(), crm(cursor=replace(CRM_CURSOR, order=Order.NONE))])
@pytest.mark.parametrize("position", range(2, 19, 4))
def test_a_split_window_goes_on_in_its_span_after_an_interruption(destination, table, stream, position):
    service = Crm([*(thing(number, number) for number in range(60)), *TIES[:30]])
    interrupted(destination, service, stream, position)
    before = len(service.asked)
    summary = sync(destination, service, stream)
    assert len(table.by_id()) == 90
    assert (summary.verdict, summary.reasons) == (Verdict.COMPLETE, [])
    assert len(service.asked) - before <= 30 - position


@pytest.mark.parametrize("position", [1, 5, 9, 13, 17, 21])
def test_halves_go_on_where_they_were_interrupted(destination, table, position):
    service = Issues([thing(number, number) for number in range(60)])
    interrupted(destination, service, issues(per_page=5), position)
    assert sync(destination, service, issues(per_page=5)).verdict is Verdict.COMPLETE
    assert len(table.by_id()) == 60


def test_a_split_window_is_complete_and_moves_the_cursor_to_its_end(destination):
    service = Crm([thing(number, number) for number in range(95)])
    summary = sync(destination, service, crm())
    assert (summary.verdict, summary.new, cursor(destination)) == (Verdict.COMPLETE, 95, at(94))
    assert (sync(destination, service, crm()).new, len(service.asked)) == (0, summary.requests + 1)


def test_the_cursor_waits_while_one_moment_is_read_by_key(destination):
    service = Crm([*(thing(number, number) for number in range(30)), *TIES, thing(9_999, 60)])
    interrupted(destination, service, crm(), 15)
    assert "GT" in service.asked[-1].content.decode()
    assert cursor(destination) <= at(30)
    sync(destination, service, crm())
    assert cursor(destination) == at(60)


def test_what_comes_twice_between_two_spans_is_kept_once(destination, table):
    service = Crm([thing(number, number // 3) for number in range(95)])
    sync(destination, service, crm(), replace(EVERY_PAGE, write=Write.APPEND))
    assert len(table.rows()) == len(table.by_id()) == 95


def test_a_complete_reading_in_several_spans_finds_what_is_gone(destination, table):
    service = Crm([thing(number, number) for number in range(95)])
    sync(destination, service, crm())
    service.records = service.records[:90]
    summary = sync(destination, service, crm(), replace(EVERY_PAGE, full_refresh=True))
    assert (summary.deleted, len(table.by_id("_deleted_at IS NULL"))) == (5, 90)


@pytest.mark.parametrize("order", ORDERS)
def test_a_complete_reading_does_not_take_what_changed_meanwhile_for_gone(destination, table, order):
    service = Issues([thing(number, number) for number in range(30)], cap=100)
    declared = issues(cap=100, order=order)
    sync(destination, service, declared)

    def touch(number: int) -> None:
        if number == last + 2:
            service.records[20]["changed"] = datetime.now(UTC).isoformat()

    last, service.before = len(service.asked), touch
    summary = sync(destination, service, declared, replace(EVERY_PAGE, full_refresh=True))
    assert (summary.deleted, summary.verdict) == (0, Verdict.COMPLETE)
    assert len(table.by_id("_deleted_at IS NULL")) == 30


def test_a_complete_reading_shows_what_the_lag_leaves_out(destination, table):
    lagging = issues(cap=100, cursor=replace(ISSUES_CURSOR, lag=timedelta(hours=1)))
    service = Issues([{"id": 1, "changed": datetime.now(UTC).isoformat()}], cap=100)
    sync(destination, service, lagging, Options(write=Write.REPLACE))
    assert len(table.rows()) == 1


def test_more_of_one_moment_than_can_be_read_is_partial_and_says_which(destination, table):
    service = Issues([*(thing(number, number) for number in range(60)), *TIES])
    summary = sync(destination, service, issues(order=Order.OLDEST_FIRST))
    assert summary.verdict is Verdict.PARTIAL
    assert "reached the 20 records" in summary.reasons[0]
    assert "from 2026-01-01 00:00:30+00:00 to 2026-01-01 00:00:31+00:00" in summary.reasons[0]
    assert set(range(60)) <= table.by_id().keys()


def test_what_was_lost_before_an_interruption_is_said_after_it(destination):
    service = Issues([*(thing(number, number) for number in range(60)), *TIES])
    interrupted(destination, service, issues(order=Order.OLDEST_FIRST), 14)
    assert sync(destination, service, issues(order=Order.OLDEST_FIRST)).verdict is Verdict.PARTIAL


def test_a_complete_reading_that_lost_something_deletes_nothing(destination, table):
    declared = issues(order=Order.OLDEST_FIRST)
    service = Issues([thing(number, number) for number in range(60)])
    sync(destination, service, declared)
    service.records = [*service.records[1:], *TIES]
    summary = sync(destination, service, declared, Options(full_refresh=True))
    assert (summary.verdict, summary.deleted) == (Verdict.PARTIAL, 0)
    assert 0 in table.by_id("_deleted_at IS NULL")


def test_a_record_that_no_query_of_a_split_window_lists_is_missed(destination):
    service = Issues([thing(number, number * 250_000) for number in range(60)])
    found = service.found

    def with_hole(sent: httpx.Request) -> httpx.Response:
        answer = found(sent)
        body = answer.json()
        body["items"] = [record for record in body["items"] if record["id"] != 33]
        return httpx.Response(200, json=body, headers={"link": answer.headers.get("link", "")})

    service.found = with_hole
    summary = sync(destination, service, issues(per_page=5))
    assert (summary.verdict, "60 things, 59 came" in summary.reasons[0]) == (Verdict.SUSPICIOUS, True)
