"""What can be asked about one issue and done to it, and the changes of many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from airflow_connectors.core import Record
from airflow_connectors.testing.exchange import Answer, Asked, Refused
from airflow_connectors.testing.routes import Route

from . import records

if TYPE_CHECKING:
    from .world import JiraWorld

COMMENTS = 10  # the most in a page here, so that few make several; Jira gives up to 100
CHANGES = 25


@dataclass(frozen=True)
class Desk:
    """Answers to what is asked under `/issue`."""

    world: JiraWorld

    def routes(self) -> Iterable[Route]:
        return (
            Route("POST", "/issue", self.create_issue),
            Route("GET", "/issue/{issue}", self.issue),
            Route("GET", "/issue/{issue}/comment", self.comments_of),
            Route("POST", "/issue/{issue}/comment", self.add_comment),
            Route("GET", "/issue/{issue}/worklog", self.worklogs_of),
            Route("GET", "/issue/{issue}/transitions", self.transitions),
            Route("POST", "/issue/{issue}/transitions", self.transition),
            Route("POST", "/changelog/bulkfetch", self.bulk_changes),
        )

    def known(self, issue: str) -> Record:
        """The issue of that id or key. Raises Refused if there is none."""
        named = (found for found in self.world.records("issues") if found["key"] == issue)
        found = self.world.find("issues", issue) or next(named, None)
        if not found:
            raise Refused(404, "Issue does not exist or you do not have permission to see it.")
        return found

    def issue(self, asked: Asked, issue: str) -> Record:
        return self.known(issue)

    def create_issue(self, asked: Asked) -> Answer:
        fields = asked.json.get("fields", {})
        key = fields.get("project", {}).get("key")
        place = next((project for project in self.world.records("projects") if project["key"] == key), None)
        if wrong := mistakes(fields, place):
            raise Refused(400, errors=wrong)
        return Answer.of(self.created(fields, place or {}), 201)

    def created(self, fields: Record, place: Record) -> Record:
        made = self.world.add("issues")
        typed = records.issue_type(self.world.api, fields["issuetype"]["name"])
        status = records.status(self.world.api, "To Do")
        made["key"] = f"{place['key']}-{made['key'].partition('-')[2]}"
        made["fields"] |= {**fields, "project": place, "issuetype": typed, "status": status}
        self.world.table("issues").write(put=[made])
        return {name: made[name] for name in ("id", "key", "self")}

    def about(self, stream: str, issue: str) -> list[Record]:
        """Records about an issue as Jira shows them below it."""
        return [record for record in self.world.records(stream) if record["issueId"] == issue]

    def page_of_comments(self, issue: str, start: int, size: int) -> Record:
        found = [without_issue(comment) for comment in self.about("comments", issue)]
        page = found[start : start + size]
        return {"startAt": start, "maxResults": size, "total": len(found), "comments": page}

    def comments_of(self, asked: Asked, issue: str) -> Record:
        start, size = (int(asked.params.get(name, d)) for name, d in (("startAt", 0), ("maxResults", 100)))
        return self.page_of_comments(self.known(issue)["id"], start, min(size, COMMENTS))

    def add_comment(self, asked: Asked, issue: str) -> Answer:
        body, found = asked.json.get("body"), self.known(issue)
        if not isinstance(body, dict) or body.get("type") != "doc":
            raise Refused(400, errors={"comment": "Comment body is not valid!"})
        made = self.world.add("comments", body=body, issueId=found["id"])
        return Answer.of(without_issue(made), 201)

    def worklogs_of(self, asked: Asked, issue: str) -> Record:
        found = self.about("worklogs", self.known(issue)["id"])
        return {"startAt": 0, "maxResults": 5000, "total": len(found), "worklogs": found}

    def transitions(self, asked: Asked, issue: str) -> Record:
        return {
            "expand": "transitions",
            "transitions": [
                {
                    "id": identity,
                    "name": name,
                    "to": records.status(self.world.api, name),
                    "isAvailable": True,
                }
                for identity, name in self.allowed(issue).items()
            ],
        }

    def allowed(self, issue: str) -> dict[str, str]:
        return records.WORKFLOW[self.known(issue)["fields"]["status"]["name"]]

    def transition(self, asked: Asked, issue: str) -> Answer:
        identity, found = asked.json.get("transition", {}).get("id"), self.known(issue)
        if identity not in self.allowed(issue):
            raise Refused(400, "It seems that you have tried to perform an illegal workflow operation.")
        old, new = found["fields"]["status"]["name"], self.allowed(issue)[identity]
        moved = {
            **found["fields"],
            **asked.json.get("fields", {}),
            "status": records.status(self.world.api, new),
        }
        self.world.update("issues", found["id"], fields=moved)
        item = {
            "field": "status",
            "fieldtype": "jira",
            "fieldId": "status",
            "fromString": old,
            "toString": new,
        }
        self.world.add("changelogs", issueId=found["id"], items=[item])
        return Answer(204)

    def bulk_changes(self, asked: Asked) -> Record:
        """Oldest change first, so that the changes of one issue may lie on several pages."""
        wanted = {self.known(issue)["id"] for issue in asked.json["issueIdsOrKeys"]}
        found = [change for change in self.world.records("changelogs") if change["issueId"] in wanted]
        found.sort(key=lambda change: (change["created"], change["issueId"], change["id"]))
        start = int(asked.json.get("nextPageToken", 0))
        end = start + min(int(asked.json.get("maxResults", 1000)), CHANGES)
        logs = [
            {"issueId": issue, "changeHistories": [without_issue(change) for change in changes]}
            for issue, changes in groupby(found[start:end], key=lambda change: change["issueId"])
        ]
        return {"issueChangeLogs": logs, **({"nextPageToken": str(end)} if end < len(found) else {})}


def mistakes(fields: Record, place: Record | None) -> dict[str, str]:
    """What Jira would say is wrong with a new issue's fields."""
    is_known = fields.get("issuetype", {}).get("name") in records.TYPES
    wrong = {
        "project": "" if place else "valid project is required",
        "summary": "" if fields.get("summary") else "You must specify a summary of the issue.",
        "issuetype": "" if is_known else "Specify a valid issue type",
        "description": "" if is_document(fields.get("description")) else "Operation value must be a document",
    }
    return {name: told for name, told in wrong.items() if told}


def is_document(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and value.get("type") == "doc")


def without_issue(record: Record) -> Record:
    return {name: value for name, value in record.items() if name != "issueId"}
