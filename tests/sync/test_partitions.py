"""Many partitions: each with a state of its own, read side by side, and none slower for the others."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import httpx
import pytest
import sqlalchemy as sa

from airflow_connectors.core import Client, Partition, RejectedError
from airflow_connectors.sync import Options, Sync

from .api import OLDEST_FIRST, moment, stream
from .conftest import Table

BOXED = stream(path="/boxes/{box}/things", cursor=OLDEST_FIRST, partition=Partition("box", "boxes"))


class Boxes:
    """Every box holds two things. `slow` is how many seconds an answer takes."""

    def __init__(self, slow=0.0, broken=""):
        self.slow, self.broken = slow, broken
        self.asked, self.underway, self.most = 0, 0, 0
        self.lock = threading.Lock()

    @property
    def client(self):
        return Client("https://api.invalid", transport=httpx.MockTransport(self.answer), patience=0)

    def answer(self, request):
        box = request.url.path.split("/")[2]
        with self.lock:
            self.asked, self.underway = self.asked + 1, self.underway + 1
            self.most = max(self.most, self.underway)
        time.sleep(self.slow)
        with self.lock:
            self.underway -= 1
        if box == self.broken:
            return httpx.Response(400)
        return httpx.Response(200, json=[{"id": f"{box}-{n}", "updated_at": moment(n)} for n in range(2)])


def boxes(count):
    return [f"box{number}" for number in range(count)]


def sync(destination, service, partitions, **options):
    return Sync(destination, "c", service.client).run(BOXED, partitions, Options(**options))


def test_every_partition_has_its_rows_and_its_state(destination, table):
    summary = sync(destination, Boxes(), boxes(1200))
    assert (summary.new, summary.requests, len(table.by_id())) == (2400, 1200, 2400)
    states = Table(destination, "_sync_state").rows()
    assert {row["partition"] for row in states} == set(boxes(1200))
    assert {row["cursor"] for row in states} == {"2026-01-01T00:01:00+00:00"}


@pytest.mark.parametrize("concurrency", [1, 4])
def test_partitions_are_read_side_by_side_within_the_limit(destination, concurrency):
    service = Boxes(slow=0.02)
    sync(destination, service, boxes(12), concurrency=concurrency)
    assert service.most == concurrency


def test_what_the_others_brought_is_kept_when_one_fails(destination, table):
    service = Boxes(broken="box7")
    with pytest.raises(RejectedError):
        sync(destination, service, boxes(8), concurrency=1)
    assert len(table.by_id()) == 14
    assert sync(destination, replace_broken(service), boxes(8)).new == 2


def replace_broken(service):
    service.broken = ""
    return service


def test_a_commit_costs_the_same_however_many_partitions_there_are(destination):
    statements = []
    sync(destination, Boxes(), boxes(2))
    sa.event.listen(destination.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    sync(destination, Boxes(), ["box1"])
    few = len(statements)
    sync(destination, Boxes(), boxes(3000))
    statements.clear()
    sync(destination, Boxes(), ["box1"])
    assert len(statements) == few


def test_a_partition_given_twice_is_read_once(destination):
    service = Boxes()
    sync(destination, service, ["box1", "box1"])
    assert service.asked == 1


def test_a_full_refresh_of_one_partition_leaves_the_others(destination, table):
    sync(destination, Boxes(), boxes(3))
    sync(destination, Boxes(), ["box1"], full_refresh=True)
    assert len(table.by_id("_deleted_at IS NULL")) == 6


def test_a_record_that_moves_to_another_partition_is_changed(destination, table):
    moved = replace(BOXED, primary_key="updated_at")
    for box in ("box1", "box2"):
        summary = Sync(destination, "c", Boxes().client).run(moved, [box])
    assert summary.changed == 2
    assert {row["_box"] for row in table.rows()} == {"box2"}
