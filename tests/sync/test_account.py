"""Every number of a run's account, against one taken elsewhere: by the service, the table, the clock."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from airflow_connectors.core import Client, Partition
from airflow_connectors.sync import Options, Sync

from .api import OLDEST_FIRST, stream, thing, things
from .conftest import Table

BOXES = ("a", "b")
PAGE = 7
DECLARED = stream(
    path="/boxes/{box}",
    primary_key=("_box", "id"),
    partition=Partition("box", "boxes"),
    cursor=replace(OLDEST_FIRST, lookback=timedelta(hours=1)),
    tombstone="is_gone",
)


@dataclass
class Service:
    """Serves the boxes' records over a socket, and counts. If busy, it first asks to wait a second."""

    boxes: dict[str, list[dict[str, Any]]]
    is_busy: bool = False
    requests: int = 0
    pages: int = 0
    served: list[dict[str, Any]] = field(default_factory=list)
    times: list[tuple[str, float]] = field(default_factory=list)

    @property
    def pause(self) -> float:
        """How long it was left alone with what it did not answer at first."""
        first, again = [moment for target, moment in self.times if target == self.times[0][0]][:2]
        return again - first

    def answer(self, target: str) -> tuple[int, dict[str, str], list[Any]]:
        self.requests += 1
        self.times.append((target, time.monotonic()))
        if self.is_busy and self.requests == 1:
            return 429, {"Retry-After": "1"}, []
        self.pages += 1
        url = urlsplit(target)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        found = [r for r in self.boxes[url.path[-1]] if r["updated_at"] >= asked.get("since", "")]
        start = (int(asked.get("page", 1)) - 1) * PAGE
        self.served += found[start : start + PAGE]
        more = f"{url.path}?since={asked.get('since', '')}&page={start // PAGE + 2}"
        headers = {"Link": f'<{more}>; rel="next"'} if start + PAGE < len(found) else {}
        return 200, headers, found[start : start + PAGE]


@pytest.fixture
def service() -> Service:
    return Service({"a": things(40), "b": things(25)})


@pytest.fixture
def service_url(service) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = service.answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def happen(boxes: dict[str, list[dict[str, Any]]]) -> None:
    """Two new, three changed, one gone, one twenty minutes late, one that has no key."""
    boxes["a"] += [thing(50), thing(51), thing(52, id=3, name="other"), thing(53, id=None)]
    boxes["b"] += [
        thing(30, id=1, name="other"),
        thing(31, id=2, name="other"),
        thing(32, id=4, is_gone=True),
    ]
    boxes["a"].insert(20, thing(19, id=900))


def content(table: Table) -> dict[Any, tuple[Any, ...]]:
    """What the table holds of living records, by their keys."""
    rows = table.rows("_deleted_at IS NULL")
    return {(row["_box"], row["id"]): (row["name"], str(row["updated_at"])) for row in rows}


@dataclass
class Observed:
    """One run, and what was seen of it from outside."""

    summary: Any
    account: dict[str, Any]
    before: dict[Any, Any]
    after: dict[Any, Any]
    began: datetime
    seconds: float


@pytest.fixture
def run(destination, service, service_url, table):
    def observed(number: int) -> Observed:
        before = content(table) if number > 1 else {}
        service.requests = service.pages = 0
        service.served, service.times = [], []
        began, clock = datetime.now(UTC), time.monotonic()
        with Client(service_url) as client:
            sync = Sync(destination, "c", client)
            summary = sync.run(DECLARED, BOXES, Options(max_rejects=5))
        seconds = time.monotonic() - clock
        (account,) = Table(destination, "_sync_runs").rows(f"run_id = '{summary.run_id}'")
        return Observed(summary, account, before, content(table), began, seconds)

    return observed


@pytest.fixture
def second(run, service) -> Observed:
    run(1)
    happen(service.boxes)
    return run(2)


def test_new_changed_deleted_and_unchanged_are_those_that_the_table_shows(second, service):
    account, before, after = second.account, second.before, second.after
    assert account["new"] == len(after.keys() - before.keys()) == 3
    assert account["changed"] == sum(after[key] != before[key] for key in after.keys() & before.keys()) == 3
    assert account["deleted"] == len(before.keys() - after.keys()) == 1
    dead = sum("is_gone" in record for record in service.served)
    read = account["new"] + account["changed"] + account["unchanged"] + account["rejected"] + dead
    assert read == len(service.served)


def test_rejects_are_those_that_were_set_aside(second, service, destination):
    kept = Table(destination, "_sync_rejects").rows()
    assert second.account["rejected"] == len(kept) == sum(r["id"] is None for r in service.served) == 1


def test_requests_and_pages_are_those_that_the_service_counted(second, service):
    assert (second.account["requests"], second.account["pages"]) == (service.requests, service.pages)
    assert second.account["partitions"] == len(BOXES)


def test_waits_and_times_are_those_of_a_clock_outside(run, service):
    service.is_busy = True
    seen = run(1)
    account = seen.account
    assert account["requests"] == service.requests == service.pages + 1
    assert 1 <= account["waited"] <= service.pause
    assert service.times[-1][1] - service.times[0][1] <= account["seconds"] <= seen.seconds
    begun, finished = (utc(account[name]) for name in ("started_at", "finished_at"))
    assert seen.began <= begun <= finished <= seen.began + timedelta(seconds=seen.seconds)


def test_cursors_and_lateness_are_those_of_the_records(second, service):
    account = second.account
    reached = [utc(r["updated_at"]) for records in service.boxes.values() for r in records if r["id"]]
    assert utc(account["cursor_from"]) == utc(thing(24)["updated_at"])
    assert utc(account["cursor_to"]) == max(reached)
    assert (account["lateness"], account["lookback"]) == (20 * 60, 3600)


def test_the_summary_says_what_the_ledger_says(second):
    told = second.summary.as_dict()
    for name in told.keys() & second.account.keys() - {"seconds", "reasons"}:
        assert told[name] == second.account[name], name


def utc(value: Any) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
