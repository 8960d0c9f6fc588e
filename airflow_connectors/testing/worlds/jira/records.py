"""Jira's objects as version 3 of its API shows them: https://developer.atlassian.com/cloud/jira/platform/rest/v3/"""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

from airflow_connectors.core import Record

NAMES = (
    "Ada Okafor",
    "Björn Åkesson",
    "Chioma Eze",
    "Dmitri Волков",
    "Esra Çelik",
    "Fatima الزهراء",
    "Goro 山田",
)
SUMMARIES = (
    "Nightly load is late",
    "Füge Spalten hinzu 🧱",
    "Rows vanish\tsometimes",
    "Renommer la table « ventes »",
)
TYPES = ("Task", "Bug", "Story")
PRIORITIES = ("Highest", "High", "Medium", "Low", None)
STATUSES = {"To Do": "10000", "In Progress": "10001", "Done": "10002"}
CATEGORIES = {"To Do": ("new", 2), "In Progress": ("indeterminate", 4), "Done": ("done", 3)}
# Where an issue may go from each status, by the ids and names of the transitions.
WORKFLOW = {
    "To Do": {"21": "In Progress"},
    "In Progress": {"11": "To Do", "31": "Done"},
    "Done": {"21": "In Progress"},
}


def stamp(moment: datetime) -> str:
    """Jira's way to write a moment: `2026-01-31T12:00:00.000+0000`."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def document(*paragraphs: str) -> Record:
    content = [{"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in paragraphs]
    return {"type": "doc", "version": 1, "content": content}


def user(api: str, number: int) -> Record:
    """The `number`th account; every fourth hides its address, every fifth is inactive."""
    account = f"5f{number:022x}"
    return {
        "self": f"{api}/user?accountId={account}",
        "accountId": account,
        "accountType": "atlassian",
        "emailAddress": "" if number % 4 == 0 else f"person{number}@example.com",
        "avatarUrls": {size: f"https://avatars.example.com/{number}/{size}" for size in ("16x16", "48x48")},
        "displayName": f"{NAMES[number % len(NAMES)]} Nr. {number}",
        "active": number % 5 != 0,
        "timeZone": "Europe/Reykjavik",
        "locale": "en_US",
    }


def project(api: str, number: int, lead: Record) -> Record:
    return {
        "expand": "description,lead,issueTypes,url,projectKeys,permissions,insight",
        "self": f"{api}/project/{10_000 + number}",
        "id": str(10_000 + number),
        "key": f"OPS{number}",
        "name": f"Betrieb № {number}",
        "description": "" if number % 2 else "Keeps the pipelines running 🚰",
        "lead": lead,
        "projectTypeKey": "software",
        "simplified": False,
        "style": "classic",
        "isPrivate": False,
        "avatarUrls": {"48x48": f"https://avatars.example.com/project/{number}"},
    }


def status(api: str, name: str) -> Record:
    key, number = CATEGORIES[name]
    category = {"self": f"{api}/statuscategory/{number}", "id": number, "key": key, "name": name}
    return {
        "self": f"{api}/status/{STATUSES[name]}",
        "id": STATUSES[name],
        "name": name,
        "description": "",
        "iconUrl": f"https://icons.example.com/{STATUSES[name]}",
        "statusCategory": category,
    }


def issue_type(api: str, name: str) -> Record:
    number = 10_100 + TYPES.index(name)
    return {"self": f"{api}/issuetype/{number}", "id": str(number), "name": name, "subtask": False}


def issue(api: str, number: int, part_of: Record, people: list[Record], random: Random) -> Record:
    """An issue without its times."""
    identity = str(20_000 + number)
    return {
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": identity,
        "self": f"{api}/issue/{identity}",
        "key": f"{part_of['key']}-{number}",
        "fields": {
            "project": {name: part_of[name] for name in ("self", "id", "key", "name", "projectTypeKey")},
            **fields_of(api, number, people, random),
        },
    }


def fields_of(api: str, number: int, people: list[Record], random: Random) -> Record:
    priority = random.choice(PRIORITIES)
    return {
        "summary": f"{random.choice(SUMMARIES)} #{number}",
        "description": document("Zeile 1", "línea 2") if number % 3 else None,
        "status": status(api, random.choice(list(STATUSES))),
        "issuetype": issue_type(api, random.choice(TYPES)),
        "priority": {"id": str(PRIORITIES.index(priority) + 1), "name": priority} if priority else None,
        "reporter": random.choice(people),
        "assignee": random.choice([None, *people]),
        "labels": random.sample(["etl", "données", "p1"], number % 3),
        "resolution": None,
        "duedate": None,
        "customfield_10016": random.choice([None, 0.5, 3, 8]),
        "customfield_10020": [{"id": 1, "name": "Sprint Ω", "state": "active"}] if number % 2 else None,
    }


def comment(api: str, number: int, issue_id: str, author: Record, moment: str) -> Record:
    identity = str(30_000 + number)
    return {
        "issueId": issue_id,
        "self": f"{api}/issue/{issue_id}/comment/{identity}",
        "id": identity,
        "author": author,
        "updateAuthor": author,
        "body": document(f"Kommentar {number} 💬"),
        "created": moment,
        "updated": moment,
        "jsdPublic": True,
    }


def worklog(api: str, number: int, issue_id: str, author: Record, moment: str) -> Record:
    identity = str(40_000 + number)
    return {
        "self": f"{api}/issue/{issue_id}/worklog/{identity}",
        "id": identity,
        "issueId": issue_id,
        "author": author,
        "updateAuthor": author,
        "comment": document("Überstunden"),
        "created": moment,
        "updated": moment,
        "started": moment,
        "timeSpent": f"{number % 8 + 1}h",
        "timeSpentSeconds": 3600 * (number % 8 + 1),
    }


def change(number: int, issue_id: str, author: Record, moment: str, **item: Any) -> Record:
    told = item or {"field": "labels", "fromString": "", "toString": "etl", "from": None, "to": None}
    items = [{"fieldtype": "jira", "fieldId": told["field"], **told}]
    return {
        "issueId": issue_id,
        "id": str(50_000 + number),
        "author": author,
        "created": moment,
        "items": items,
    }


def field(name: str) -> Record:
    return {
        "id": name,
        "key": name,
        "name": name.title(),
        "custom": name.startswith("custom"),
        "clauseNames": [name],
    }
