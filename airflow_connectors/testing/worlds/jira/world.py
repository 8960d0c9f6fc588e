"""Jira Cloud: what its API does beyond the declared streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec

from airflow_connectors.core import Record, Stream, epoch_ms, from_iso
from airflow_connectors.testing.contents import contents, differences
from airflow_connectors.testing.draft import Draft
from airflow_connectors.testing.exchange import Answer, Asked, Refused
from airflow_connectors.testing.routes import Route
from airflow_connectors.testing.world import Changes, World

from . import jql, records
from .issues import Desk
from .records import stamp

SEARCH = "/search/jql"
SHOWN = 20  # comments that a search shows of an issue
EMBEDDED = {"comment", "worklog"}
OF_ISSUES = ("comments", "worklogs", "changelogs")


class JiraWorld(World):
    """A site. What is written about an issue moves the issue's `updated`; what goes with it goes."""

    integration = "jira"
    home = "https://acme.atlassian.net"
    sizes = {
        "users": 12,
        "projects": 3,
        "issues": 120,
        "comments": 160,
        "worklogs": 60,
        "deleted_worklogs": 6,
        "changelogs": 150,
    }
    lasting = frozenset({"users", "projects", "changelogs", "deleted_worklogs"})
    page_size = 50

    @property
    def api(self) -> str:
        return f"{self.url}/rest/api/3"

    def prepare(self) -> None:
        self.people = [records.user(self.api, number) for number in (1, 2, 3)]
        numbers = range(1, int(self.options["projects"]) + 1)
        self.prepared = [records.project(self.api, number, self.people[0]) for number in numbers]

    def users(self, draft: Draft) -> Record:
        return records.user(self.api, draft.number)

    def projects(self, draft: Draft) -> Record:
        return records.project(self.api, draft.number, self.people[0])

    def issues(self, draft: Draft) -> Record:
        part_of = self.prepared[draft.number % len(self.prepared)]
        made = records.issue(self.api, draft.number, part_of, self.people, draft.random)
        made["fields"] |= {"created": stamp(draft.at), "updated": stamp(draft.later())}
        return made

    def comments(self, draft: Draft) -> Record:
        issue = self.some_issue(draft, crowded=draft.number % 4 == 0)
        return records.comment(
            self.api, draft.number, issue["id"], self.someone(draft), self.last_move(issue, draft)
        )

    def worklogs(self, draft: Draft) -> Record:
        issue = self.some_issue(draft)
        moment = stamp(draft.later())
        return records.worklog(self.api, draft.number, issue["id"], self.someone(draft), moment)

    def deleted_worklogs(self, draft: Draft) -> Record:
        return {"worklogId": 90_000 + draft.number, "updatedTime": epoch_ms(draft.at), "properties": []}

    def changelogs(self, draft: Draft) -> Record:
        issue = self.some_issue(draft)
        return records.change(draft.number, issue["id"], self.someone(draft), self.last_move(issue, draft))

    def someone(self, draft: Draft) -> Record:
        return draft.random.choice(self.people)

    def some_issue(self, draft: Draft, *, crowded: bool = False) -> Record:
        """An issue to write about; the crowded one gets more than a search shows."""
        table = self.table("issues")
        found = table.find(table.keys[0] if crowded else draft.random.choice(table.keys))
        return found or {}

    def last_move(self, issue: Record, draft: Draft) -> str:
        """Of prepared history: nothing about an issue is newer than the issue. Of what is added: now."""
        moved: str = issue["fields"]["updated"]
        return moved if draft.at < self.end else stamp(draft.at)

    def reference(self, stream: Stream, record: Record) -> Record:
        if stream.name == "worklogs":
            moment = epoch_ms(from_iso(record["updated"]))
            return {"worklogId": int(record["id"]), "updatedTime": moment, "properties": []}
        if stream.name in OF_ISSUES:
            return {"id": record["issueId"], "fields": {"updated": record["created"]}}
        return record

    def add(self, stream: str, partition: str | None = None, **fields: Any) -> Record:
        record = super().add(stream, partition, **fields)
        self.touch(record, self.clock())
        return record

    def move(self, stream: Stream, record: Record, moment: datetime) -> None:
        if stream.name == "issues":
            record["fields"]["updated"] = stamp(moment)
        elif stream.name in OF_ISSUES:
            record["updated"] = stamp(moment)
            self.touch(record, moment)

    def touch(self, record: Record, moment: datetime) -> None:
        """Move the issue that a record is about."""
        issue = self.find("issues", record.get("issueId"))
        if issue:
            issue["fields"]["updated"] = stamp(moment)
            self.table("issues").write(put=[issue])

    def change(self, stream: Stream, record: Record) -> None:
        if stream.name == "issues":
            record["fields"]["summary"] += " ✎"
        elif stream.name == "comments":
            record["body"] = records.document("Geändert ✎")
        else:
            record["timeSpentSeconds"] += 60

    def mutate(self, share: float = 0.01) -> dict[str, Changes]:
        before = contents(self)
        super().mutate(share)
        self.drop_orphans()
        self.bury(before["worklogs"])
        return differences(before, contents(self))

    def drop_orphans(self) -> None:
        issues = {issue["id"] for issue in self.records("issues")}
        for name in OF_ISSUES:
            table = self.table(name)
            table.write(drop=[table.key(r) for r in table.records if r["issueId"] not in issues])

    def bury(self, before: Iterable[Any]) -> None:
        """List worklogs that have gone among the deleted ones."""
        moment = epoch_ms(self.clock())
        gone = {identity for _, identity in before} - {
            identity for (identity,) in self.table("worklogs").keys
        }
        graves = [
            {"worklogId": int(identity), "updatedTime": moment, "properties": []} for identity in sorted(gone)
        ]
        self.table("deleted_worklogs").write(put=graves)

    def error(self, status: int, message: str = "", **more: Any) -> Answer:
        told = {"errorMessages": [message] if message else [], "errors": more.get("errors", {})}
        return Answer.of(told, status)

    def unauthorized(self, asked: Asked) -> Answer:
        return self.error(401, "Client must be authenticated to access this resource.")

    def query(self, asked: Asked) -> jql.Query:
        try:
            return jql.parse(asked.fields.get("jql", ""))
        except jql.JqlError as error:
            raise Refused(400, str(error)) from error

    def window(self, stream: Stream, asked: Asked) -> tuple[datetime | None, datetime | None]:
        if stream.path != SEARCH:
            return super().window(stream, asked)
        query = self.query(asked)
        return query.since, query.until

    def is_wanted(self, stream: Stream, asked: Asked) -> Callable[[Record], bool] | None:
        query = self.query(asked) if stream.path == SEARCH else None
        return query.has if query and query.project else None

    def envelope(self, stream: Stream, body: Any, asked: Asked) -> Any:
        if stream.path != SEARCH:
            return body
        names = set(str(asked.fields.get("fields", "id")).split(","))
        shown = body["issues"]
        if names != {"*all", *(f"-{name}" for name in EMBEDDED)}:  # as the records are kept
            shown = [self.projected(msgspec.json.decode(raw), names) for raw in shown]
        return {**body, "issues": shown, "isLast": "nextPageToken" not in body}

    def projected(self, issue: Record, names: set[str]) -> Record:
        """An issue with the fields asked for."""
        if names == {"id"}:
            return {"id": issue["id"]}
        fields = {**issue["fields"], "comment": self.desk.page_of_comments(issue["id"], 0, SHOWN)}
        wanted = {name for name in fields if name in names or ("*all" in names and f"-{name}" not in names)}
        return {**issue, "fields": {name: fields[name] for name in fields if name in wanted}}

    @property
    def desk(self) -> Desk:
        return Desk(self)

    def routes(self) -> Iterable[Route]:
        return (
            Route("GET", "/serverInfo", self.server_info, is_open=True),
            Route("GET", "/myself", self.myself),
            Route("GET", "/field", self.fields),
            Route("GET", "/project", self.all_projects),
            Route("GET", "/user/search", self.found_users),
            Route("POST", "/worklog/list", self.worklog_list),
            *self.desk.routes(),
        )

    def myself(self, asked: Asked) -> Record:
        return self.people[0]

    def fields(self, asked: Asked) -> list[Record]:
        return [records.field(name) for name in (*self.records("issues")[0]["fields"], *sorted(EMBEDDED))]

    def all_projects(self, asked: Asked) -> list[Record]:
        return self.records("projects")

    def found_users(self, asked: Asked) -> list[Record]:
        """Users whose name or address contains the query."""
        query, size = asked.params.get("query", "").lower(), int(asked.params.get("maxResults", 50))
        people = self.records("users")
        return [
            person
            for person in people
            if query in f"{person['displayName']} {person['emailAddress']}".lower()
        ][:size]

    def server_info(self, asked: Asked) -> Record:
        return {"baseUrl": self.url, "versionNumbers": [1001, 0, 0], "deploymentType": "Cloud"}

    def worklog_list(self, asked: Asked) -> list[Record]:
        found = (self.find("worklogs", str(identity)) for identity in asked.json["ids"])
        return [record for record in found if record]
