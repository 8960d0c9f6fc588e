from __future__ import annotations

from datetime import UTC, datetime

import pytest

from airflow_connectors.core import from_iso
from airflow_connectors.testing import Changes
from airflow_connectors.testing.worlds import world_of
from airflow_connectors.testing.worlds.github import GitHubWorld

from .conftest import SIZES

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STREAMS = list(GitHubWorld().streams)


def world(**more) -> GitHubWorld:
    return GitHubWorld(**{"clock": lambda: NOON, **SIZES, **more})


def contents(of: GitHubWorld) -> dict[str, object]:
    return {name: of.records(name) for name in of.streams}


def test_the_same_seed_makes_the_same_world():
    assert contents(world(seed=7)) == contents(world(seed=7))


def test_the_same_world_changes_in_the_same_way():
    one, other = world(), world()
    assert one.mutate(0.2) == other.mutate(0.2)
    assert contents(one) == contents(other)


def test_another_seed_makes_another_world():
    assert world(seed=1).records("issues") != world(seed=2).records("issues")


def test_one_streams_size_leaves_the_others_as_they_are():
    assert world(issues=5).records("commits") == world(issues=50).records("commits")


def test_sizes_are_per_repository_and_ids_belong_to_one():
    made = world(repositories=("a/a", "b/b", "c/c"), issues=4)
    assert len({record["id"] for record in made.records("issues")}) == 12


@pytest.mark.parametrize("option", ["isues", "projects"])
def test_a_misspelt_option_is_told_with_those_there_are(option):
    with pytest.raises(TypeError, match=rf"has no {option}; it has labels, .*repositories"):
        GitHubWorld(**{option: 3})


def test_records_are_copies():
    made = world()
    made.records("labels")[0]["name"] = "spoilt"
    assert made.records("labels")[0]["name"] != "spoilt"


def test_some_records_share_their_moment():
    moments = [record["updated_at"] for record in world(issues=250).records("issues", "octo/orbit")]
    assert len(set(moments)) < len(moments)


def test_an_update_moves_the_cursor():
    made = world()
    key = made.table("issues").keys[0]
    assert made.update("issues", key, title="New")["updated_at"] == "2026-03-01T12:00:00Z"
    assert made.records("issues", "octo/harvest")[-1]["title"] == "New"


def test_what_is_not_there_cannot_be_updated():
    with pytest.raises(KeyError):
        world().update("issues", 1, title="New")


def test_what_is_deleted_is_gone():
    made = world()
    key = made.table("labels").keys[0]
    made.delete("labels", key)
    assert made.find("labels", key) is None


def test_what_is_added_is_new_and_has_its_own_id():
    made = world()
    added = made.add("issues", "octo/orbit", title="Fresh")
    assert made.find("issues", added["id"], "octo/orbit") == added
    assert (added["title"], added["number"], added["created_at"]) == ("Fresh", 46, "2026-03-01T12:00:00Z")


def test_a_mutation_updates_about_that_share():
    changes = world(issues=200, repositories=["a/a"]).mutate(0.05)
    assert changes["issues"] == Changes(updated=10, added=1, deleted=1)


def test_a_mutation_moves_what_it_updates_to_now():
    made = world()
    before = {record["id"]: record for record in made.records("issues")}
    changes = made.mutate(0.1)["issues"]
    moved = [r for r in made.records("issues") if r["id"] in before and r != before[r["id"]]]
    assert len(moved) == changes.updated
    assert all(from_iso(record["updated_at"]) == NOON for record in moved)
    assert all(record["title"] != before[record["id"]]["title"] for record in moved)


@pytest.mark.parametrize("stream", ["commits", "contributors", "events"])
def test_history_only_grows(stream):
    made = world()
    before = made.records(stream, "octo/orbit")
    changes = made.mutate(0.1)[stream]
    assert made.records(stream, "octo/orbit")[: len(before)] == before
    assert (changes.updated, changes.deleted) == (0, 0)


def test_a_run_that_is_finished_stays_as_it_is():
    made = world()
    finished = [r for r in made.records("workflow_runs") if r["status"] == "completed"]
    made.mutate(1)
    kept = {record["id"]: record for record in made.records("workflow_runs")}
    assert all(kept.get(record["id"], record) == record for record in finished)


def test_a_mutation_of_nothing_changes_nothing():
    made = world()
    before = contents(made)
    made.mutate(0)
    assert contents(made) == before


def test_empty_streams_can_be_mutated_too():
    assert world(issues=0, pull_requests=0).mutate(0.5)["issues"] == Changes()


def test_links_lead_to_where_the_world_is_served():
    made = world()
    made.serve_at("http://127.0.0.1:1")
    urls = {record["url"] for name in made.streams for record in made.records(name) if "url" in record}
    assert all(url.startswith("http://127.0.0.1:1/") for url in urls)
    assert made.add("issues")["url"].startswith("http://127.0.0.1:1/repos/")


def test_worlds_are_found_by_their_integrations_name():
    assert world_of("github") is GitHubWorld


def test_an_integration_without_a_world_is_named():
    with pytest.raises(ImportError, match="nowhere"):
        world_of("nowhere")
