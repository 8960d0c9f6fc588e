"""What one can do on GitHub besides listing: single objects and writes, with GitHub's status codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from airflow_connectors.core import Record, iso
from airflow_connectors.testing.exchange import Answer, Asked, Refused
from airflow_connectors.testing.routes import Route

from . import code, people
from .place import Place
from .records import PULL_EVERY, GitHubRecords

REPOSITORY = "/repos/{repository}"
NUMBERED = f"{REPOSITORY}/issues/{{number}}"
THEMSELVES = {
    "labels": "/labels/{name}",
    "milestones": "/milestones/{number}",
    "comments": "/issues/comments/{number}",
    "commits": "/commits/{sha}",
    "releases": "/releases/{number}",
}
STATES = ("open", "closed")
NEW_ISSUE: Record = {"state": "open", "comments": 0, "body": None}
NEVER_CLOSED = dict.fromkeys(("closed_at", "closed_by", "state_reason"))


def routes(world: GitHubRecords) -> Iterable[Route]:
    show, write = Objects(world), Writes(world)
    return (
        Route("GET", "/user", show.viewer),
        Route("GET", "/users/{login}", show.user),
        Route("GET", REPOSITORY, show.repository),
        Route("GET", NUMBERED, show.issue),
        Route("GET", f"{NUMBERED}/comments", show.comments),
        Route("GET", f"{REPOSITORY}/pulls/{{number}}", show.pull_request),
        Route("GET", f"{REPOSITORY}/actions/runs/{{number}}", show.workflow_run),
        *(Route("GET", REPOSITORY + path, show.itself(stream)) for stream, path in THEMSELVES.items()),
        Route("PATCH", NUMBERED, write.update_issue),
        Route("POST", f"{REPOSITORY}/issues", write.create_issue),
        Route("POST", f"{NUMBERED}/comments", write.create_comment),
        Route("POST", f"{REPOSITORY}/actions/workflows/{{workflow}}/dispatches", write.dispatch),
        Route("POST", f"{REPOSITORY}/releases", write.create_release),
    )


def invalid(resource: str, field: str, code: str) -> Refused:
    """https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed"""
    return Refused(422, "Validation Failed", errors=[{"resource": resource, "field": field, "code": code}])


@dataclass(frozen=True)
class Objects:
    """Single objects of a world."""

    world: GitHubRecords

    def place(self, repository: str) -> Place:
        if repository not in self.world.repositories:
            raise Refused(404)
        return self.world.repositories[repository]

    def found(self, stream: str, repository: str, identity: int) -> Record:
        """The record of that id. Raises Refused as GitHub does for what is not there."""
        record = self.world.find(stream, identity, repository)
        if record is None:
            raise Refused(404)
        return record

    def itself(self, stream: str) -> Callable[..., Record]:
        """Answer with the record whose own URL is asked for."""

        def answer(asked: Asked, repository: str, **_: str) -> Record:
            self.place(repository)
            records = self.world.records(stream, repository)
            found = next((record for record in records if unquote(record["url"]) == asked.url), None)
            if found is None:
                raise Refused(404)
            return found

        return answer

    def viewer(self, asked: Asked) -> Record:
        return people.profile(self.world.staff[0], 1)

    def user(self, asked: Asked, login: str) -> Record:
        found = [person for person in self.world.staff if person["login"] == login]
        if not found:
            raise Refused(404)
        return people.profile(found[0], found[0]["id"])

    def repository(self, asked: Asked, repository: str) -> Record:
        return self.place(repository).whole_repository

    def issue(self, asked: Asked, repository: str, number: str) -> Record:
        return self.found("issues", repository, self.place(repository).id(int(number)))

    def comments(self, asked: Asked, repository: str, number: str) -> list[Record]:
        url = self.issue(asked, repository, number)["url"]
        return [found for found in self.world.records("comments", repository) if found["issue_url"] == url]

    def pull_request(self, asked: Asked, repository: str, number: str) -> Record:
        identity = self.place(repository).id(int(number) // PULL_EVERY)
        found = self.found("pull_requests", repository, identity)
        if found["number"] != int(number):
            raise Refused(404)
        return code.whole_pull_request(found)

    def workflow_run(self, asked: Asked, repository: str, number: str) -> Record:
        self.place(repository)
        return self.found("workflow_runs", repository, int(number))


class Writes(Objects):
    """What changes a world. All of it is done by the viewer, now."""

    def now(self) -> str:
        return iso(self.world.clock())

    def edits(self, repository: str, fields: dict[str, Any]) -> Record:
        """The fields of an issue as somebody sets them, in the form in which they are shown."""
        edited: Record = {
            name: fields[name] for name in ("title", "body", "state", "state_reason") if name in fields
        }
        if edited.get("state", "open") not in STATES:
            raise invalid("Issue", "state", "invalid")
        if "labels" in fields:
            edited["labels"] = [self.label(repository, name) for name in fields["labels"]]
        if "assignees" in fields:
            edited["assignees"] = [self.assignee(login) for login in fields["assignees"]]
            edited["assignee"] = next(iter(edited["assignees"]), None)
        return edited

    def label(self, repository: str, name: str) -> Record:
        """The label of that name, made where there is none."""
        known = {found["name"]: found for found in self.world.records("labels", repository)}
        return known.get(name) or self.world.add("labels", repository, name=name)

    def assignee(self, login: str) -> Record:
        found = next((person for person in self.world.staff if person["login"] == login), None)
        if found is None:
            raise invalid("Issue", "assignees", "invalid")
        return found

    def create_issue(self, asked: Asked, repository: str) -> Answer:
        self.place(repository)
        if not asked.fields.get("title"):
            raise invalid("Issue", "title", "missing_field")
        edited = {**NEW_ISSUE, **NEVER_CLOSED, **self.edits(repository, asked.fields)}
        viewer = self.world.staff[0]
        return Answer.of(self.world.add("issues", repository, user=viewer, **edited), 201)

    def update_issue(self, asked: Asked, repository: str, number: str) -> Record:
        issue = self.issue(asked, repository, number)
        edited = self.edits(repository, asked.fields)
        if edited.get("state") == "closed":
            edited = {
                "state_reason": "completed",
                "closed_at": self.now(),
                "closed_by": self.world.staff[0],
                **edited,
            }
        elif edited.get("state") == "open":
            edited = {**NEVER_CLOSED, **edited}
        return self.world.update("issues", issue["id"], repository, **edited)

    def create_comment(self, asked: Asked, repository: str, number: str) -> Answer:
        issue = self.issue(asked, repository, number)
        if not asked.fields.get("body"):
            raise invalid("IssueComment", "body", "missing_field")
        self.world.update("issues", issue["id"], repository, comments=issue["comments"] + 1)
        fields = {"body": asked.fields["body"], "issue_url": issue["url"], "user": self.world.staff[0]}
        return Answer.of(self.world.add("comments", repository, **fields), 201)

    def dispatch(self, asked: Asked, repository: str, workflow: str) -> Answer:
        """Queue a run. The nightly workflow does not listen to `workflow_dispatch`."""
        self.place(repository)
        if workflow not in code.WORKFLOWS:
            raise Refused(404)
        if workflow == "nightly.yml":
            raise Refused(422, "Workflow does not have 'workflow_dispatch' trigger")
        if (ref := asked.fields.get("ref")) != "main":
            raise Refused(422, f"No ref found for: {ref}")
        path = f".github/workflows/{workflow}"
        queued = {"status": "queued", "conclusion": None, "event": "workflow_dispatch"}
        self.world.add("workflow_runs", repository, name=code.WORKFLOWS[workflow], path=path, **queued)
        return Answer(204)

    def create_release(self, asked: Asked, repository: str) -> Answer:
        place, fields = self.place(repository), asked.fields
        tag = fields.get("tag_name")
        if not tag:
            raise invalid("Release", "tag_name", "missing_field")
        if any(found["tag_name"] == tag for found in self.world.records("releases", repository)):
            raise invalid("Release", "tag_name", "already_exists")
        given = {name: fields[name] for name in ("name", "body", "draft", "prerelease") if name in fields}
        links = {**code.archives(place, tag), "html_url": f"{place.web}/releases/tag/{tag}"}
        return Answer.of(self.world.add("releases", repository, tag_name=tag, **links, **given), 201)
