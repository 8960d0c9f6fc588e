"""The simulated GitHub, seen by PyGithub, which was written against the real one."""

from __future__ import annotations

import pytest
from github import BadCredentialsException, Github, GithubException, UnknownObjectException

from airflow_connectors.integrations.github import GitHubHook

from .conftest import connected

ORBIT = "octo/orbit"
READERS = {
    "issues": lambda repository: repository.get_issues(state="all"),
    "comments": lambda repository: repository.get_issues_comments(),
    "pull_requests": lambda repository: repository.get_pulls(state="all"),
    "commits": lambda repository: repository.get_commits(),
    "workflow_runs": lambda repository: repository.get_workflow_runs(),
    "events": lambda repository: repository.get_events(),
    "releases": lambda repository: repository.get_releases(),
    "labels": lambda repository: repository.get_labels(),
    "milestones": lambda repository: repository.get_milestones(state="all"),
    "contributors": lambda repository: repository.get_contributors(),
}


def identity(stream: str, found: object) -> object:
    return getattr(found, GitHubHook.streams[stream].key[-1])


def read(client: Github, stream: str) -> list[object]:
    return sorted(identity(stream, found) for found in READERS[stream](client.get_repo(ORBIT)))


def held(github, stream: str) -> list[object]:
    return sorted(key[-1] for key in github.world.keys(stream, ORBIT))


@pytest.mark.parametrize("size", [3, 100])
@pytest.mark.parametrize("stream", READERS)
def test_pygithub_finds_every_record(github, stream, size):
    with connected(github, per_page=size) as client:
        assert read(client, stream) == held(github, stream)


@pytest.mark.parametrize("stream", READERS)
def test_pygithub_and_we_find_the_same(hook, pygithub, stream):
    ours = sorted(record[hook.streams[stream].key[-1]] for record in hook.read(stream, repositories=[ORBIT]))
    assert ours == read(pygithub, stream)


@pytest.mark.filterwarnings("ignore:Use .* instead:DeprecationWarning")
@pytest.mark.parametrize("stream", READERS)
def test_every_attribute_that_pygithub_knows_has_the_type_it_expects(pygithub, stream):
    found = READERS[stream](pygithub.get_repo(ORBIT))[0]
    names = [name for name, kind in vars(type(found)).items() if isinstance(kind, property)]
    values = {name: getattr(found, name) for name in names if name in found.raw_data}
    assert len(values) == len(set(names) & found.raw_data.keys()) > 3


def test_pull_requests_are_issues_too(pygithub):
    repository = pygithub.get_repo(ORBIT)
    numbers = {pull.number for pull in repository.get_pulls(state="all")}
    assert {issue.number for issue in repository.get_issues(state="all") if issue.pull_request} == numbers


def test_lists_hold_open_ones_unless_asked_otherwise(pygithub):
    repository = pygithub.get_repo(ORBIT)
    assert {issue.state for issue in repository.get_issues()} == {"open"}
    assert {issue.state for issue in repository.get_issues(state="closed")} == {"closed"}


def test_an_issue_lives_through_creation_comment_and_closing(pygithub):
    issue = pygithub.get_repo(ORBIT).create_issue("Título 🧭", body="…", labels=["bug"], assignee="ada")
    issue.create_comment("On it")
    issue.edit(state="closed")
    again = pygithub.get_repo(ORBIT).get_issue(issue.number)
    assert (again.title, again.state, again.comments) == ("Título 🧭", "closed", 1)
    assert (again.closed_by.login, again.state_reason) == (pygithub.get_user().login, "completed")
    assert [comment.body for comment in again.get_comments()] == ["On it"]


def test_an_issue_can_be_opened_again(pygithub):
    issue = pygithub.get_repo(ORBIT).create_issue("Again")
    issue.edit(state="closed")
    issue.edit(state="open")
    assert (issue.state, issue.closed_at, issue.closed_by) == ("open", None, None)


def test_a_label_that_is_new_is_made(github, pygithub):
    pygithub.get_repo(ORBIT).create_issue("Labelled", labels=["brand new"])
    assert "brand new" in [label["name"] for label in github.world.records("labels", ORBIT)]


def test_an_edit_moves_an_issue_to_the_end_of_the_list(github, pygithub):
    first = github.world.records("issues", ORBIT)[0]
    pygithub.get_repo(ORBIT).get_issue(first["number"]).edit(title="Changed")
    assert github.world.records("issues", ORBIT)[-1]["id"] == first["id"]


def test_a_release_is_made_once(pygithub):
    repository = pygithub.get_repo(ORBIT)
    assert repository.create_git_release("v9", "Nine", "All new").tag_name == "v9"
    with pytest.raises(GithubException, match="already_exists"):
        repository.create_git_release("v9", "Nine", "All new")


def test_a_pull_request_shows_more_by_itself_than_in_lists(pygithub):
    repository = pygithub.get_repo(ORBIT)
    number = repository.get_pulls(state="all")[0].number
    pull = repository.get_pull(number)
    assert pull.merged == (pull.merged_at is not None)
    assert pull.base.repo.full_name == ORBIT


def test_runs_users_and_limits_can_be_asked_for(github, pygithub):
    run = github.world.records("workflow_runs", ORBIT)[0]
    assert pygithub.get_repo(ORBIT).get_workflow_run(run["id"]).run_number == run["run_number"]
    assert pygithub.get_user("ada").location is not None or pygithub.get_user("ada").bio
    assert pygithub.get_rate_limit().rate.limit == 5000


def test_asking_for_the_limit_costs_nothing(http):
    left = [http.get("/rate_limit").json()["rate"]["remaining"] for _ in range(2)]
    assert left == [5000, 5000]


@pytest.mark.parametrize("path", ["issues/999", "pulls/1", "pulls/999", "actions/runs/1"])
def test_what_is_not_there_is_not_found(http, path):
    answer = http.get(f"/repos/{ORBIT}/{path}")
    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"{", 400, "Problems parsing JSON"),
        (b"{}", 422, "Validation Failed"),
        (b'{"title": "x", "assignees": ["nobody"]}', 422, "Validation Failed"),
    ],
)
def test_bad_issues_are_refused_in_githubs_words(http, body, status, said):
    answer = http.post(f"/repos/{ORBIT}/issues", content=body)
    assert (answer.status_code, answer.json()["message"]) == (status, said)


def test_pygithub_knows_our_errors_for_githubs(github, pygithub):
    with pytest.raises(UnknownObjectException):
        pygithub.get_repo("octo/nowhere")
    with connected(github, token="wrong") as stranger, pytest.raises(BadCredentialsException):
        stranger.get_repo(ORBIT)
