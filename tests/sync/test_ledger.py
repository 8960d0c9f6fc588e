"""Every number of a run's account, beside a count of somebody else: the service, plain SQL, a clock."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from airflow_connectors.core import Client, RejectedError
from airflow_connectors.sync import Options, Summary, Sync, Write

from .api import BASE, NEWEST_FIRST, OLDEST_FIRST, SIZE, Api, broken_at, moment, stream, thing, things
from .conftest import Table

INCREMENTAL = stream(cursor=OLDEST_FIRST)
SNAPSHOT = stream()
EVERY_PAGE = Options(commit_bytes=1)


@dataclass
class Counting(Api):
    """A service that keeps its own account."""

    shown: list[dict[str, Any]] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    asked_at: list[float] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked_at.append(time.monotonic())
        response = super().answer(request)
        self.answered.append(response.status_code)
        self.shown += response.json() if response.status_code == 200 else []
        return response

    def since_then(self) -> Counting:
        """Begin a new account."""
        self.shown, self.answered, self.asked_at = [], [], []
        return self


@dataclass
class Books:
    """Runs a stream and gives the ledger's row, after checking that the summary says the same."""

    destination: Any
    ledger: Table

    def run(self, api, declared=INCREMENTAL, options=EVERY_PAGE, client=None) -> dict[str, Any]:
        summary = Sync(self.destination, "c", client or api.client).run(declared, options=options)
        (row,) = self.ledger.rows(f"run_id = '{summary.run_id}'")
        assert {name: row[name] for name in said(summary)} == said(summary)
        return row


def said(summary: Summary) -> dict[str, Any]:
    numbers = ("new", "changed", "unchanged", "deleted", "rejected", "pages", "requests", "waited", "seconds")
    return {name: summary.as_dict()[name] for name in (*numbers, "cursor_from", "cursor_to", "verdict")}


@pytest.fixture
def books(destination, ledger) -> Books:
    return Books(destination, ledger)


def written(table: Table, where: str = "1=1") -> dict[int, Any]:
    """When each row was last written."""
    return {key: row["_synced_at"] for key, row in table.by_id(where).items()}


def changed_once(api: Counting) -> Counting:
    """After a first sync of 25: two records are new, three changed; the last page is shown again in part."""
    for number in (3, 4, 5):
        api.records.append({**api.records.pop(3), "name": f"renamed {number}", "updated_at": moment(30)})
    api.records += [thing(number, updated_at=moment(31)) for number in (50, 51)]
    return api.since_then()


def test_new_is_how_many_rows_the_table_has_more(books, table):
    api = Counting(things(25))
    assert books.run(api)["new"] == len(table.rows()) == 25
    assert books.run(changed_once(api))["new"] == len(table.rows()) - 25 == 2


def test_changed_is_how_many_rows_of_before_were_written_again(books, table):
    api = Counting(things(25))
    books.run(api)
    before = written(table)
    row, after = books.run(changed_once(api)), written(table)
    assert row["changed"] == sum(before[key] != after[key] for key in before) == 3


def test_unchanged_is_what_was_shown_and_not_written(books, table):
    api = Counting(things(25))
    books.run(api)
    before = written(table)
    row, after = books.run(changed_once(api)), written(table)
    same = [record for record in api.shown if before.get(record["id"]) == after[record["id"]]]
    assert row["unchanged"] == len(same) == 1


def test_what_is_counted_adds_up_to_what_was_shown(books):
    api = Counting(things(25))
    for _ in range(2):
        row = books.run(api)
        assert row["new"] + row["changed"] + row["unchanged"] + row["rejected"] == len(api.shown)
        changed_once(api)


def test_deleted_is_how_many_rows_are_marked(books, table):
    api = Counting(things(25))
    books.run(api, SNAPSHOT)
    api.records = things(22)
    assert books.run(api, SNAPSHOT)["deleted"] == len(table.rows("_deleted_at IS NOT NULL")) == 3
    assert books.run(api, SNAPSHOT)["deleted"] == 0


def test_deleted_is_how_many_rows_the_table_has_less_when_it_is_replaced(books, table):
    api, replace = Counting(things(25)), Options(write=Write.REPLACE)
    books.run(api, options=replace)
    api.records = things(21)
    assert books.run(api, options=replace)["deleted"] == 25 - len(table.rows()) == 4


def test_rejected_is_how_many_records_were_set_aside(books, destination):
    api = Counting([*things(3), {"name": "no key", "updated_at": moment(4)}, thing(9, updated_at="soon")])
    row = books.run(api, options=Options(max_rejects=5))
    aside = Table(destination, "_sync_rejects").rows(f"run_id = '{row['run_id']}'")
    assert row["rejected"] == len(aside) == len(api.shown) - row["new"] == 2


def test_pages_are_answers_with_records_and_requests_are_all(books):
    def stumbles(number: int) -> httpx.Response | None:
        return httpx.Response(503, headers={"retry-after": "0"}) if number == 2 else None

    api = Counting(things(25), before=stumbles)
    row = books.run(api)
    assert (row["pages"], row["requests"]) == (api.answered.count(200), len(api.asked)) == (3, 4)


def test_a_page_that_is_unmodified_is_counted(books):
    api = Counting(things(5), has_etags=True)
    books.run(api, SNAPSHOT)
    row = books.run(api.since_then(), SNAPSHOT)
    assert api.answered == [304]
    assert (row["pages"], row["requests"], row["unchanged"]) == (1, 1, 0)


def test_waited_is_the_time_between_a_refusal_and_the_next_request(books):
    def limits(number: int) -> httpx.Response | None:
        return httpx.Response(429, headers={"retry-after": "0.2"}) if number in (2, 4) else None

    api = Counting(things(25), before=limits)
    client = Client(BASE, transport=httpx.MockTransport(api.answer))
    row = books.run(api, client=client)
    gaps = [later - earlier for earlier, later in zip(api.asked_at, api.asked_at[1:], strict=False)]
    assert row["waited"] == pytest.approx(0.4)
    assert gaps[1] + gaps[3] == pytest.approx(0.4, abs=0.15)


def test_nothing_is_waited_when_nobody_asked_to(books):
    assert books.run(Counting(things(25)))["waited"] == 0


def test_seconds_are_those_of_the_clock_on_the_wall(books):
    began, today = time.monotonic(), datetime.now(UTC)
    row = books.run(Counting(things(25), before=lambda _number: time.sleep(0.1)))
    took = time.monotonic() - began
    assert 0.3 <= row["seconds"] <= took
    assert today.timestamp() - 1 <= of(row["started_at"]) <= of(row["finished_at"])
    assert of(row["finished_at"]) - of(row["started_at"]) <= took


def of(value: Any) -> float:
    """A moment that plain SQL gave, as seconds; without a zone it is UTC."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def newest(table: Table) -> float:
    return max(of(row["updated_at"]) for row in table.rows())


def test_the_cursor_goes_from_the_newest_row_there_was_to_the_newest_there_is(books, table):
    api = Counting(things(25))
    first = books.run(api)
    assert (first["cursor_from"], of(first["cursor_to"])) == (None, newest(table))
    before = newest(table)
    second = books.run(changed_once(api))
    assert (of(second["cursor_from"]), of(second["cursor_to"])) == (before, newest(table))
    assert of(second["cursor_to"]) > before


def test_a_stream_without_a_cursor_says_of_none(books):
    row = books.run(Counting(things(5)), SNAPSHOT)
    assert (row["cursor_from"], row["cursor_to"]) == (None, None)


@pytest.mark.parametrize(
    ("records", "declared", "verdict"),
    [
        (things(12), INCREMENTAL, "complete"),
        (things(20), stream(cap=20), "partial"),
        (things(12)[::-1], INCREMENTAL, "suspicious"),
        (things(12), stream(cursor=NEWEST_FIRST), "suspicious"),
    ],
)
def test_the_verdict_is_the_ledgers(books, records, declared, verdict):
    row = books.run(Counting(records), declared)
    assert row["verdict"] == verdict
    assert bool(row["reasons"]) is (verdict != "complete")


def test_a_run_that_fails_has_counted_what_it_committed(destination, ledger, table):
    api = Counting(things(45), before=broken_at(4))
    with pytest.raises(RejectedError):
        Sync(destination, "c", api.client).run(INCREMENTAL, options=EVERY_PAGE)
    (row,) = ledger.rows()
    assert row["new"] == len(table.rows()) == row["pages"] * SIZE
    assert (row["verdict"], row["requests"]) == ("failed", len(api.asked))


def test_the_runs_of_a_stream_add_up_to_its_table(books, table, ledger):
    api = Counting(things(25))
    for count in (25, 40, 38, 39):
        api.records = [thing(number, name=f"{number} of {count // 20}") for number in range(count)]
        books.run(api, SNAPSHOT)
    rows = ledger.rows()
    assert sum(row["new"] for row in rows) == len(table.rows())
    assert sum(row["requests"] for row in rows) == len(api.asked)
    assert sum(row["pages"] for row in rows) == api.answered.count(200)
