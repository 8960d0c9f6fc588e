"""What the service deleted is found in its feed, in a feed of its own, or by a sweep of the keys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from airflow_connectors.core import ConfigError, LinkHeader
from airflow_connectors.sync import Options, Sync, Verdict

from .api import OLDEST_FIRST, Api, moment, stream, thing, things

FEED = stream(cursor=OLDEST_FIRST, tombstone="is_deleted")
REMOVALS = stream(
    cursor=OLDEST_FIRST,
    removals=stream(path="/removed", cursor=replace(OLDEST_FIRST, field="removed_at")),
)
SWEPT = stream(cursor=OLDEST_FIRST, sweep=stream(path="/ids"))


class Service(Api):
    """Lists its things, the removed ones apart, and the ids of those there are."""

    def __init__(self, records, removed=()):
        super().__init__(records)
        self.removed = list(removed)

    def _found(self, request):
        if request.url.path == "/removed":
            return self.removed
        if request.url.path == "/ids":
            return [{"id": record["id"]} for record in self.records]
        return super()._found(request)


def sync(destination, api, declared, **options):
    return Sync(destination, "things_default", api.client).run(declared, options=Options(**options))


def live(table):
    return sorted(table.by_id("_deleted_at IS NULL"))


def test_a_tombstone_marks_the_row_and_keeps_what_was_known(destination, table):
    api = Api(things(5))
    sync(destination, api, FEED)
    api.records[3] = {"id": 3, "is_deleted": True, "updated_at": moment(50)}
    api.records.sort(key=lambda record: record["updated_at"])
    summary = sync(destination, api, FEED)
    assert (summary.deleted, live(table)) == (1, [0, 1, 2, 4])
    assert table.by_id()[3]["name"] == "thing 3"


def test_what_is_deleted_and_created_again_in_one_feed_is_there(destination, table):
    api = Api([*things(2), thing(1, is_deleted=True, updated_at=moment(3)), thing(1, updated_at=moment(4))])
    assert sync(destination, api, FEED).verdict is Verdict.COMPLETE
    assert live(table) == [0, 1]


def test_a_tombstone_of_what_never_was_there_leaves_nothing(destination, table):
    sync(destination, Api([thing(0), thing(1, is_deleted=True)]), FEED)
    assert sorted(table.by_id()) == [0]


def test_hard_delete_removes_the_row(destination, table):
    api = Api(things(3))
    sync(destination, api, FEED)
    api.records.append(thing(1, is_deleted=True, updated_at=moment(9)))
    assert sync(destination, api, FEED, hard_delete=True).deleted == 1
    assert sorted(table.by_id()) == [0, 2]


def test_a_feed_of_removals_has_a_cursor_of_its_own(destination, table):
    api = Service(things(4))
    sync(destination, api, REMOVALS)
    api.removed.append({"id": 2, "removed_at": moment(7)})
    assert sync(destination, api, REMOVALS).deleted == 1
    assert live(table) == [0, 1, 3]
    assert sync(destination, api, REMOVALS).deleted == 0
    assert api.asked[-1].url.params["since"] == moment(7)


def test_a_sweep_of_the_keys_finds_what_is_gone(destination, table):
    api = Service(things(25))
    sync(destination, api, SWEPT)
    del api.records[7]
    assert sync(destination, api, SWEPT).deleted == 0
    summary = sync(destination, api, SWEPT, sweep=True)
    assert (summary.deleted, summary.unchanged) == (1, 1)
    assert live(table) == [n for n in range(25) if n != 7]
    assert table.by_id()[7]["name"] == "thing 7"


def test_a_sweep_in_several_units_deletes_once_it_is_complete(destination):
    api = Service(things(25))
    sync(destination, api, SWEPT)
    del api.records[7]
    assert sync(destination, api, SWEPT, sweep=True, commit_bytes=1).deleted == 1


def test_a_sweep_that_shows_little_is_not_believed(destination, table):
    api = Service(things(25))
    sync(destination, api, SWEPT)
    api.records = api.records[20:]
    summary = sync(destination, api, SWEPT, sweep=True)
    assert (summary.deleted, summary.verdict) == (0, Verdict.SUSPICIOUS)
    assert len(live(table)) == 25


def test_a_stream_without_a_cheap_listing_cannot_be_swept(destination):
    with pytest.raises(ConfigError, match="full_refresh"):
        sync(destination, Api(things(1)), stream(cursor=OLDEST_FIRST), sweep=True)


def test_a_capped_listing_deletes_nothing(destination):
    api = Api(things(25))
    sync(destination, api, stream())
    del api.records[-1]
    capped = stream(cap=20, pages=LinkHeader(size=("per_page", 10)))
    summary = sync(destination, api, capped)
    assert (summary.deleted, summary.verdict) == (0, Verdict.PARTIAL)
