"""Records that appear late are found, and the lookback follows how late they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from airflow_connectors.sync import Sync

from .api import OLDEST_FIRST, Api, stream, thing, things
from .conftest import Table

HOUR = stream(cursor=replace(OLDEST_FIRST, lookback=timedelta(hours=1)))


def sync(destination, api):
    return Sync(destination, "c", api.client).run(HOUR)


def seen(number, minute):
    """A record that bears an older time than when it is first seen."""
    return thing(minute, id=number)


def add(api, record):
    api.records = sorted([*api.records, record], key=lambda found: found["updated_at"])


def test_a_record_that_appears_late_is_found_and_its_lateness_told(destination, table):
    api = Api(things(100))
    sync(destination, api)
    add(api, seen(500, minute=79))
    summary = sync(destination, api)
    assert 500 in table.by_id()
    assert (summary.new, summary.lateness, summary.lookback) == (1, 20 * 60, 3600)


def test_what_was_there_already_is_not_late(destination):
    api = Api(things(100))
    sync(destination, api)
    assert sync(destination, api).lateness == 0


@pytest.mark.parametrize(("minute", "widened"), [(79, 60), (59, 80), (41, 116)])
def test_the_lookback_is_twice_the_lateness_and_no_less_than_declared(destination, minute, widened):
    api = Api(things(100))
    sync(destination, api)
    add(api, seen(500, minute))
    sync(destination, api)
    assert round(sync(destination, api).lookback / 60) == widened


def test_the_lateness_is_kept_with_the_state_and_fades(destination):
    api = Api(things(100))
    sync(destination, api)
    add(api, seen(500, minute=49))
    for expected in (3000, 2700):
        sync(destination, api)
        (state,) = Table(destination, "_sync_state").rows()
        assert state["lateness"] == pytest.approx(expected)
