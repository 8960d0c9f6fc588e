"""A run that is asked to stop ends within seconds and has committed what it had."""

from __future__ import annotations

import threading
import time

import httpx
import pytest

from airflow_connectors.core import Client
from airflow_connectors.sync import Options, Stopped, Sync

from .api import OLDEST_FIRST, Api, stream, things

INCREMENTAL = stream(cursor=OLDEST_FIRST)


def stopped_when(syncs, api, is_due):
    """The service stops the run as it answers, and is then slow."""
    answer = api.answer

    def answering(request):
        if is_due(len(api.asked) + 1):
            syncs[0].stop()
            time.sleep(0.3)
        return answer(request)

    return Client("https://api.invalid", transport=httpx.MockTransport(answering))


def test_what_was_read_before_the_stop_is_committed_and_the_next_run_goes_on(destination, table):
    api, syncs = Api(things(45)), []
    syncs.append(Sync(destination, "c", stopped_when(syncs, api, lambda number: number == 4)))
    with pytest.raises(Stopped, match="goes on from here"):
        syncs[0].run(INCREMENTAL)
    assert 10 <= len(table.by_id()) <= 30
    again = Sync(destination, "c", api.client).run(INCREMENTAL)
    assert sorted(table.by_id()) == list(range(45))
    assert again.requests < 5


def test_a_run_that_waits_to_ask_again_stops_at_once(destination):
    api = Api(things(45), before=lambda _number: httpx.Response(429, headers={"retry-after": "50"}))
    client = Client("https://api.invalid", transport=httpx.MockTransport(api.answer))
    sync = Sync(destination, "c", client)
    threading.Timer(0.5, sync.stop).start()
    began = time.monotonic()
    with pytest.raises(Stopped):
        sync.run(INCREMENTAL, options=Options())
    assert time.monotonic() - began < 5
