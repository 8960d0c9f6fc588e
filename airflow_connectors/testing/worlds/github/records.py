"""The records of every stream that GitHub's world has."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow_connectors.core import Record, Stream, iso
from airflow_connectors.testing.draft import Draft
from airflow_connectors.testing.world import World

from . import code, issues, people
from .place import Place

STAFF = 12
PULL_EVERY = 5
UNFINISHED = timedelta(days=2)


class GitHubRecords(World):
    """
    Every fifth issue is a pull request, as far as there are any: GitHub lists both as issues.

    Runs of the last two days are not finished.
    """

    integration = "github"
    home = "https://api.github.com"
    sizes = {
        "labels": 8,
        "milestones": 6,
        "issues": 250,
        "comments": 120,
        "pull_requests": 40,
        "commits": 150,
        "releases": 12,
        "workflow_runs": 120,
        "contributors": 36,
        "events": 90,
    }
    places = {"repositories": ("octo/harvest", "octo/orbit")}
    lasting = frozenset({"commits", "contributors", "events"})

    def prepare(self) -> None:
        self.staff = tuple(people.user(self.url, number) for number in range(1, STAFF + 1))
        names = enumerate(self.options["repositories"], start=1)
        self.repositories = {name: Place(self.url, name, number, self.staff) for number, name in names}

    def place(self, draft: Draft) -> Place:
        return self.repositories[draft.partition]

    def labels(self, draft: Draft) -> Record:
        return issues.label(self.place(draft), draft.number)

    def milestones(self, draft: Draft) -> Record:
        return issues.milestone(self.place(draft), draft)

    def issues(self, draft: Draft) -> Record:
        pulls = self.options["pull_requests"] * PULL_EVERY
        is_pull = draft.number % PULL_EVERY == 0 and draft.number <= pulls
        return issues.issue(self.place(draft), draft, is_pull=is_pull)

    def comments(self, draft: Draft) -> Record:
        number = 1 + draft.number % max(self.options["issues"], 1)
        return issues.comment(self.place(draft), draft, number)

    def pull_requests(self, draft: Draft) -> Record:
        return code.pull_request(self.place(draft), draft, PULL_EVERY * draft.number)

    def commits(self, draft: Draft) -> Record:
        return code.commit(self.place(draft), draft)

    def releases(self, draft: Draft) -> Record:
        return code.release(self.place(draft), draft)

    def workflow_runs(self, draft: Draft) -> Record:
        is_done = draft.at < self.end - UNFINISHED
        return code.workflow_run(self.place(draft), draft, is_done=is_done)

    def contributors(self, draft: Draft) -> Record:
        return code.contributor(people.user(self.url, draft.number), draft)

    def events(self, draft: Draft) -> Record:
        return code.event(self.place(draft), draft)

    def may_change(self, stream: Stream, record: Record) -> bool:
        return stream.name != "workflow_runs" or record["status"] != "completed"

    def change(self, stream: Stream, record: Record) -> None:
        if stream.name == "workflow_runs":
            record.update(status="completed", conclusion="success")
        elif stream.name == "comments":
            record["body"] += "\n\nEdited ✏️"
        else:
            record["title"] += " ✏️"

    def move(self, stream: Stream, record: Record, moment: datetime) -> None:
        """A run keeps the `created_at` by which runs are listed."""
        if "updated_at" in record:
            record["updated_at"] = iso(moment)
