from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from airflow_connectors.core import DataError, RateLimited, TransientError
from airflow_connectors.integrations.github import GitHubHook
from airflow_connectors.testing import Simulator, simulator_of
from airflow_connectors.testing.worlds.github import GitHubWorld

ISSUES = "/repos/octo/orbit/issues"
ORBIT = {"repositories": ["octo/orbit"]}
STREAMS = list(GitHubHook.streams)


def keys(hook, stream, **options):
    names = hook.streams[stream].key
    return sorted(tuple(record[name] for name in names) for record in hook.read(stream, **options))


@pytest.mark.parametrize("stream", STREAMS)
def test_our_hook_reads_every_record_of_every_repository(github, hook, stream):
    found = keys(hook, stream, repositories=["octo/harvest", "octo/orbit"])
    assert found == sorted(github.world.keys(stream))


def test_records_come_as_the_world_has_them(github, hook):
    found = list(hook.read("issues", **ORBIT))
    assert [{**r, "_repository": "octo/orbit"} for r in github.world.records("issues", "octo/orbit")] == found


def test_since_leaves_out_what_is_older(github, hook):
    held = github.world.records("issues", "octo/orbit")
    middle = datetime.fromisoformat(held[20]["updated_at"])
    newer = [r["id"] for r in held if datetime.fromisoformat(r["updated_at"]) >= middle]
    assert [record["id"] for record in hook.read("issues", since=middle, **ORBIT)] == newer


def test_a_since_that_is_no_moment_is_refused(http):
    assert http.get(ISSUES, params={"since": "yesterday"}).status_code == 422


def test_pages_are_as_long_as_asked_for_and_thirty_long_by_default(http):
    assert len(http.get(ISSUES, params={"state": "all", "per_page": 7}).json()) == 7
    assert len(http.get(ISSUES, params={"state": "all"}).json()) == 30
    assert len(http.get(ISSUES, params={"state": "all", "per_page": 1000}).json()) == 45


def test_a_record_that_is_updated_while_it_is_read_is_met_again_and_nothing_is_skipped():
    world = GitHubWorld(issues=30, repositories=["octo/orbit"])
    first = world.records("issues")[0]["id"]
    with Simulator(GitHubHook, world, page_size=5) as github:
        github.before(3, lambda: world.update("issues", first, title="Again"))
        client = httpx.Client(base_url=github.url, headers={"authorization": f"Bearer {github.token}"})
        ids = [record["id"] for page in walked(client, f"{ISSUES}?state=all") for record in page]
        client.close()
    assert ids[0] == ids[-1] == first
    assert set(ids) == {key for (key,) in world.keys("issues")}


def walked(client, url):
    while url:
        answer = client.get(url)
        yield answer.json()
        url = answer.links.get("next", {}).get("url")


def test_what_happens_before_a_request_happens_once(github, http):
    seen = []
    github.before(2, lambda: seen.append(len(github.requests)))
    for _ in range(4):
        http.get("/user")
    assert seen == [2]


@pytest.mark.parametrize(
    ("headers", "said"),
    [({}, "Requires authentication"), ({"authorization": "Bearer wrong"}, "Bad credentials")],
)
def test_a_missing_or_wrong_token_gets_githubs_answer(github, headers, said):
    answer = httpx.get(github.url + ISSUES, headers=headers)
    assert (answer.status_code, answer.json()["message"]) == (401, said)


@pytest.mark.parametrize("scheme", ["Bearer", "token", "Token"])
def test_the_right_token_is_known_by_both_schemes(github, scheme):
    headers = {"authorization": f"{scheme} {github.token}"}
    assert httpx.get(github.url + ISSUES, headers=headers).status_code == 200


def test_requests_are_remembered_with_what_they_asked(github, http):
    http.post(ISSUES, json={"title": "Hello"})
    asked = github.requests[-1]
    assert (asked.method, asked.path, asked.json) == ("POST", ISSUES, {"title": "Hello"})


def test_the_rate_limit_counts_down(http):
    left = [int(http.get(ISSUES).headers["x-ratelimit-remaining"]) for _ in range(3)]
    assert left == [4999, 4998, 4997]


def test_an_unmodified_list_is_a_304_that_costs_nothing(http):
    seen = http.get(ISSUES)
    again = http.get(ISSUES, headers={"if-none-match": seen.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-ratelimit-remaining"] == seen.headers["x-ratelimit-remaining"]


def test_a_list_that_has_changed_is_given_in_full(github, http):
    seen = http.get(ISSUES, params={"state": "all"})
    github.world.update("issues", seen.json()[0]["id"], "octo/orbit", title="New")
    again = http.get(ISSUES, params={"state": "all"}, headers={"if-none-match": seen.headers["etag"]})
    assert again.status_code == 200
    assert again.headers["etag"] != seen.headers["etag"]


def test_a_rate_limit_is_waited_out_and_then_all_is_well(github, hook):
    github.fail(429, headers={"retry-after": "1"})
    assert keys(hook, "labels", **ORBIT) == sorted(github.world.keys("labels", "octo/orbit"))
    assert (hook.client.usage.waited, hook.client.usage.requests) == (1, 2)


def test_a_rate_limit_may_end_at_a_date(github, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_GITHUB_DEFAULT", github.connection())
    later = datetime.now(UTC) + timedelta(minutes=30)
    github.fail(429, headers={"retry-after": format_datetime(later, usegmt=True)})
    hook = GitHubHook()
    with pytest.raises(RateLimited) as caught:
        list(hook.read("labels", **ORBIT))
    hook.close()
    assert caught.value.retry_after == pytest.approx(1800, abs=5)


def test_a_failure_is_given_as_often_as_asked_and_where_asked(github, http):
    github.fail(500, times=2, path="/labels")
    statuses = [http.get(path).status_code for path in (ISSUES, *[ISSUES.replace("issues", "labels")] * 3)]
    assert statuses == [200, 500, 500, 200]


def test_an_error_without_a_body_is_in_the_services_words(github, http):
    github.fail(503)
    assert http.get(ISSUES).json()["message"] == "Service Unavailable"


def test_failures_that_do_not_end_are_told(github, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_GITHUB_DEFAULT", github.connection())
    github.fail(503, times=9)
    hook = GitHubHook(patience=0)
    with pytest.raises(TransientError, match="503"):
        list(hook.read("labels", **ORBIT))
    hook.close()


@pytest.mark.parametrize(
    "body", [b"<html>Sign in</html>", b'[{"id": 1, "na', b'"text"', b'{"message": "hm"}']
)
def test_an_answer_that_is_no_list_of_records_is_bad_data(github, hook, body):
    github.fail(200, body=body)
    with pytest.raises(DataError):
        list(hook.read("labels", **ORBIT))


def test_what_nobody_serves_is_not_found(http):
    for path in ("/nothing", "/repos/octo/nowhere/issues", "/repos/octo/orbit/issues/x"):
        assert http.get(path).json()["message"] == "Not Found"


def test_two_simulators_know_nothing_of_each_other():
    with simulator_of("github", seed=1) as one, simulator_of("github", seed=2) as other:
        one.world.add("labels", name="only here")
        assert one.url != other.url
        assert len(one.world.records("labels")) == len(other.world.records("labels")) + 1


def test_a_port_that_is_taken_is_told(github):
    with pytest.raises(OSError, match="in use"):
        simulator_of("github", port=int(github.url.rpartition(":")[2])).__enter__()
