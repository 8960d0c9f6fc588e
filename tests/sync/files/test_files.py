"""What a run into files promises."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpx
import pytest

from airflow_connectors.core import ConfigError, Cursor, DataError, Order, Param, Partition, RejectedError
from airflow_connectors.sync import Options, Superseded, TooManyRejects, Verdict, Write
from airflow_connectors.sync.expectations import Expect
from airflow_connectors.sync.files import FileSync
from tests.sync.api import NEWEST_FIRST, Api, broken_at, moment, stream, thing, things

from .conftest import EVERY_PAGE, INCREMENTAL, SNAPSHOT

FEED = stream(cursor=NEWEST_FIRST)


def test_a_first_sync_writes_every_record(lake):
    summary = lake.sync(Api(things(25)))
    assert (summary.new, summary.requests, summary.verdict) == (25, 3, Verdict.COMPLETE)
    assert {key: row["name"] for key, row in lake.by_id().items()} == {n: f"thing {n}" for n in range(25)}


def test_a_second_sync_asks_only_for_newer_records_and_the_boundary(lake):
    api = Api(things(25))
    lake.sync(api)
    api.records += [thing(25)]
    assert lake.sync(api).requests == 1
    assert api.asked[-1].url.params["since"] == moment(24)
    assert sorted(lake.by_id()) == list(range(26))


def test_records_that_were_read_before_are_not_written_again(lake):
    api = Api(things(25))
    lake.sync(api)
    before = lake.names()
    summary = lake.sync(api)
    assert (summary.new, summary.unchanged) == (0, 1)
    assert lake.names() == before


def test_a_record_that_comes_back_as_it_was_is_its_last_version(lake):
    api = Api([thing(0)])
    for name in ("one", "other", "one"):
        api.records[0] = thing(0, name=name)
        lake.sync(api)
    assert lake.by_id()[0]["name"] == "one"


def test_of_a_record_that_changed_the_last_version_counts(lake):
    api = Api(things(5))
    lake.sync(api)
    api.records[3] = thing(3, name="changed", updated_at=moment(9))
    lake.sync(api)
    assert lake.by_id()[3]["name"] == "changed"
    assert lake.versions().count(3) == 2


@pytest.mark.parametrize("declared", [INCREMENTAL, FEED, SNAPSHOT], ids=["incremental", "feed", "snapshot"])
def test_an_interrupted_run_goes_on_at_its_page(lake, declared):
    records = things(45) if declared is not FEED else things(45)[::-1]
    api = Api(records, before=broken_at(4))
    with pytest.raises(RejectedError):
        lake.sync(api, declared)
    api.before = lambda _number: None
    assert lake.sync(api, declared).requests == 2  # pages 4 and 5, not 1 to 5
    assert sorted(lake.versions()) == list(range(45))


def test_nothing_is_listed_before_its_window_is_complete(lake):
    with pytest.raises(RejectedError):
        lake.sync(Api(things(45), before=broken_at(4)))
    assert lake.names()
    assert lake.versions() == []


@pytest.mark.parametrize("route", [None, {"tables": {"things": ["id", ">=", 0]}}], ids=["plain", "routed"])
def test_a_page_token_that_the_service_has_forgotten_begins_the_window_again(lake, route):
    options = replace(EVERY_PAGE, route=route)
    api = Api(things(45), before=broken_at(4))
    with pytest.raises(RejectedError):
        lake.sync(api, options=options)
    api.before = broken_at(5)  # the first request of the next run
    lake.sync(api, options=options)
    assert sorted(lake.versions()) == list(range(45))


def test_of_a_record_that_comes_twice_in_one_window_the_later_version_counts(lake):
    api = Api(things(25))

    def change(number):
        if number == 2:
            api.records.append(thing(9, name="changed", updated_at=moment(30)))

    api.before = change
    lake.sync(api)
    assert lake.versions().count(9) == 2
    assert lake.by_id()[9]["name"] == "changed"


def test_a_record_that_a_snapshot_did_not_show_and_that_is_back_is_written(lake):
    api = Api(things(12))
    lake.sync(api)
    last = api.records.pop()
    lake.sync(api, options=replace(EVERY_PAGE, full_refresh=True))
    api.records.append(last)
    lake.sync(api)
    assert sorted(lake.by_id()) == list(range(12))


def test_a_window_begins_after_those_before_it_whatever_the_clock_says(lake):
    api = Api(things(5))
    lake.sync(api, SNAPSHOT)
    path = lake.root / "_sync" / "state" / "c" / "things.json"
    path.write_bytes(
        json.dumps({**json.loads(path.read_bytes()), "numbered_to": "2099-01-01T00:00:00Z"}).encode()
    )
    lake.sync(api, SNAPSHOT)
    assert [manifest.begun.year for manifest in lake.table().manifests] == [2099]


def test_a_snapshot_replaces_what_was_there(lake):
    lake.sync(Api(things(15)), SNAPSHOT)
    lake.sync(Api([thing(n, name="next") for n in range(5, 20)]), SNAPSHOT)
    assert {key: row["name"] for key, row in lake.by_id().items()} == dict.fromkeys(range(5, 20), "next")
    assert sorted(lake.versions()) == list(range(5, 20))


def test_a_failed_full_refresh_leaves_the_old_generation_whole(lake):
    lake.sync(Api(things(25)))
    refreshed = Api([thing(n, name="next") for n in range(25)], before=broken_at(3))
    with pytest.raises(RejectedError):
        lake.sync(refreshed, options=replace(EVERY_PAGE, full_refresh=True))
    assert {key: row["name"] for key, row in lake.by_id().items()} == {n: f"thing {n}" for n in range(25)}


def test_a_reading_that_shrinks_by_half_changes_nothing(lake):
    lake.sync(Api(things(25)), SNAPSHOT)
    summary = lake.sync(Api(things(5)), SNAPSHOT)
    assert summary.verdict is Verdict.SUSPICIOUS
    assert "shrank from 25 to 5" in summary.reasons[0]
    assert len(lake.versions()) == 25


def test_a_reading_may_shrink_where_that_is_allowed(lake):
    lake.sync(Api(things(25)), SNAPSHOT)
    assert (
        lake.sync(Api(things(5)), SNAPSHOT, replace(EVERY_PAGE, allow_shrink=True)).verdict
        is Verdict.COMPLETE
    )
    assert len(lake.versions()) == 5


def test_a_snapshot_with_rejects_lets_nothing_leave(lake):
    lake.sync(Api(things(12)), SNAPSHOT)
    bad = Api([*(thing(n, name="next") for n in range(8)), {"name": "no id"}])
    summary = lake.sync(bad, SNAPSHOT, replace(EVERY_PAGE, max_rejects=1))
    assert summary.verdict is Verdict.PARTIAL
    assert {key: row["name"] for key, row in lake.by_id().items()} == {
        **dict.fromkeys(range(8), "next"),
        **{n: f"thing {n}" for n in range(8, 12)},
    }


def test_too_many_bad_records_end_the_run_and_are_kept(lake):
    with pytest.raises(TooManyRejects):
        lake.sync(Api([*things(3), {"name": "no id"}]))
    (name,) = lake.names("_sync/rejects")
    kept = json.loads(next((lake.root / "_sync" / "rejects").rglob(name)).read_bytes())
    assert (kept["connection"], json.loads(kept["raw"])) == ("c", {"name": "no id"})
    assert lake.versions() == []


def test_a_run_that_another_has_overtaken_lists_nothing_more(lake):
    api = Api(things(45))

    def overtake(number):
        if number == 4:
            api.before = lambda _number: None
            lake.sync(api)

    api.before = overtake
    with pytest.raises(Superseded):
        lake.sync(api)
    assert sorted(lake.versions()) == list(range(45))


def test_two_runs_at_once_list_each_record_once(lake):
    first, second = Api(things(45)), Api(things(45))
    first.before = lambda number: lake.sync(second) and None if number == 2 else None
    with pytest.raises(Superseded):
        lake.sync(first)
    assert sorted(lake.versions()) == list(range(45))


def test_each_partition_has_a_state_of_its_own(lake):
    declared = replace(INCREMENTAL, path="/{place}", partition=Partition("place", "places", r".+"))
    api = Api(things(12))
    summary = lake.sync(api, declared, partitions=["a/b", "c d"])
    assert summary.new == 24
    places = [row["_place"] for row in lake.table().records()]
    assert {place: places.count(place) for place in places} == {"a/b": 12, "c d": 12}
    assert lake.sync(api, declared, partitions=["a/b"]).requests == 1


def test_a_backfill_of_one_interval_takes_the_place_of_the_last_one(lake):
    api = Api(things(20))
    lake.sync(api)
    interval = Options(
        since=INCREMENTAL.cursor.moment(moment(5)), until=INCREMENTAL.cursor.moment(moment(15))
    )
    for name in ("first", "second"):
        api.records[10] = thing(10, name=name)
        lake.sync(api, options=interval)
    assert lake.versions().count(10) == 2
    assert lake.sync(api).cursor_from == INCREMENTAL.cursor.moment(moment(19)).isoformat()


def test_deleted_records_leave_the_table(lake):
    declared = replace(INCREMENTAL, tombstone="deleted")
    api = Api(things(5))
    lake.sync(api, declared)
    api.records[1] = thing(1, deleted=True, updated_at=moment(8))
    assert lake.sync(api, declared).deleted == 1
    assert sorted(lake.by_id()) == [0, 2, 3, 4]


def test_records_that_a_feed_of_removals_names_leave_the_table(lake):
    removals = stream(path="/removals", name="removals", cursor=REMOVED)
    declared = replace(INCREMENTAL, removals=removals)
    api = Removing(things(5))
    lake.sync(api, declared)
    api.removed = [{"id": 3, "removed_at": moment(9)}]
    assert lake.sync(api, declared).deleted == 1
    assert sorted(lake.by_id()) == [0, 1, 2, 4]


REMOVED = Cursor(field="removed_at", since=Param("since"), order=Order.OLDEST_FIRST)


@dataclass
class Removing(Api):
    """A service with a feed of what was removed."""

    removed: list[dict] = field(default_factory=list)

    def answer(self, request):
        return (
            httpx.Response(200, json=self.removed)
            if request.url.path == "/removals"
            else super().answer(request)
        )


def test_what_records_become_is_in_the_files(lake):
    api = Api([thing(number, state="open", mail=f"{number}@example.org") for number in range(5)])
    shaped = replace(
        EVERY_PAGE, transforms=[{"mask": {"fields": "mail"}}, {"filter": ["state", "=", "open"]}]
    )
    lake.sync(api, options=shaped)
    api.records[2] = thing(2, state="closed", mail="2@example.org", updated_at=moment(9))
    lake.sync(api, options=shaped)
    assert {key: row["mail"] for key, row in lake.by_id().items()} == dict.fromkeys((0, 1, 3, 4), "***")


def test_a_route_parts_records_into_tables_of_files(lake):
    api = Api([thing(number, kind="bug" if number % 2 else "idea") for number in range(6)])
    routed = replace(EVERY_PAGE, route={"tables": {"bugs": ["kind", "=", "bug"]}, "default": "ideas"})
    lake.sync(api, options=routed)
    api.records[1] = thing(1, kind="idea", updated_at=moment(9))
    lake.sync(api, options=routed)
    found = {name: sorted(row["id"] for row in lake.table(name).latest()) for name in ("bugs", "ideas")}
    assert found == {"bugs": [3, 5], "ideas": [0, 1, 2, 4]}


def test_a_file_that_was_changed_is_not_read(lake):
    lake.sync(Api(things(5)))
    file = lake.root
    for part in lake.table().files[0].name.split("/"):
        file = file / part
    file.write_bytes(b"{}\n")
    with pytest.raises(DataError, match="is not the file that its manifest lists"):
        lake.versions()


def test_the_account_is_kept(lake):
    summary = lake.sync(Api(things(25)))
    (name,) = lake.names("_sync/runs")
    account = json.loads(next((lake.root / "_sync" / "runs").rglob(name)).read_bytes())
    assert (account["run_id"], account["new"], account["verdict"]) == (summary.run_id, 25, "complete")


def test_an_answer_that_nothing_has_changed_writes_nothing(lake):
    api = Api(things(5), has_etags=True)
    lake.sync(api, SNAPSHOT)
    before = lake.names("")
    assert lake.sync(api, SNAPSHOT).new == 0
    assert [name for name in lake.names("") if name not in before and "things-" not in name] == []


def test_without_a_key_every_content_is_a_record(lake):
    keyless = replace(INCREMENTAL, primary_key=())
    lake.sync(Api([*things(3), thing(2, name="other")]), keyless)
    assert sorted(record["name"] for record in lake.table().latest()) == [
        "other",
        *(f"thing {n}" for n in range(3)),
    ]


@pytest.mark.parametrize(
    "options",
    [Options(write=Write.SCD2), Options(hard_delete=True), Options(children={"columns": ["labels"]})],
)
def test_what_only_a_database_can_do_is_refused_before_anything_is_read(lake, options):
    api = Api(things(5))
    with pytest.raises(ConfigError):
        lake.sync(api, options=options)
    assert api.asked == []


def test_a_format_that_is_none_is_refused(root):
    with pytest.raises(ConfigError, match="none of parquet, jsonl"):
        FileSync(root, "csv", "c", Api([]).client).run(SNAPSHOT)


def test_a_run_that_brings_less_than_expected_is_doubted(lake):
    options = replace(EVERY_PAGE, expect=Expect(min_records=10))
    assert lake.sync(Api(things(12)), options=options).verdict is Verdict.COMPLETE
    assert lake.sync(Api(things(12)), options=options).verdict is Verdict.SUSPICIOUS


def test_a_stream_that_is_older_than_expected_is_doubted(lake):
    summary = lake.sync(
        Api(things(12)), options=replace(EVERY_PAGE, expect=Expect(max_age=timedelta(days=1)))
    )
    assert summary.verdict is Verdict.SUSPICIOUS
    assert "old, max_age=1 day" in summary.reasons[0]


def test_rows_that_nobody_counts_cannot_be_expected(lake):
    with pytest.raises(ConfigError, match="use min_records"):
        lake.sync(Api(things(12)), options=Options(expect=Expect(min_rows=1)))


def test_a_stream_that_always_brought_records_and_brings_none_is_doubted(lake):
    for number in range(9):
        lake.sync(Api([thing(key, run=number) for key in range(12)]), stream(deletes=False))
    summary = lake.sync(Api([]), stream(deletes=False))
    assert summary.verdict is Verdict.SUSPICIOUS
    assert "no record came" in summary.reasons[0]
