"""Issues and what belongs to them, in the shapes of https://docs.github.com/en/rest/issues"""

from __future__ import annotations

from typing import Any

from airflow_connectors.core import Record, iso
from airflow_connectors.testing.draft import Draft

from .place import ASSOCIATIONS, Place

LABELS = (
    ("bug", "d73a4a", "Something isn't working"),
    ("enhancement", "a2eeef", None),
    ("größe: klein", "0e8a16", "Fits into a day"),
    ("help wanted 🙏", "008672", "Extra attention is needed"),
    ("area: 日本語", "5319e7", ""),
)
SUBJECTS = (
    "Pages are read twice when the token expires",
    "Crash with “smart quotes” in a title",
    "Zeitzonen: Umstellung am 29. März",
    "Support für 日本語 file names",
    "🔥 Memory grows without end",
    "Docs: explain `since` & `until` <briefly>",
    "Retry-After as a date isn't honoured",
)
BODIES = (
    "Steps:\r\n\r\n1. start\r\n2. wait\r\n\r\n```\nTraceback (most recent call last)\n```",
    "It worked yesterday. 🤷\n\n- [ ] reproduce\n- [x] complain",
    "Voir aussi « l'autre » ticket, tab\there, and a back\\slash.",
    None,
    "",
)
SEVERAL = 5
IS_CLOSED = 0.6


def label(place: Place, number: int) -> Record:
    name, color, description = LABELS[(number - 1) % len(LABELS)]
    name = name if number <= len(LABELS) else f"{name} {number}"
    return {
        "id": place.id(number),
        "node_id": f"LA_kwDO{place.id(number)}",
        "url": f"{place.url}/labels/{name.replace(' ', '%20')}",
        "name": name,
        "color": color,
        "default": number == 1,
        "description": description,
    }


def milestone(place: Place, draft: Draft) -> Record:
    number, is_open = draft.number, draft.number % 3 > 0
    moved = iso(draft.later())
    return {
        "url": f"{place.url}/milestones/{number}",
        "html_url": f"{place.web}/milestone/{number}",
        "labels_url": f"{place.url}/milestones/{number}/labels",
        "id": place.id(number),
        "node_id": f"MI_kwDO{place.id(number)}",
        "number": number,
        "title": f"{number}.0: “Étape {number}”",
        "description": None if number % 2 else "What must be done",
        "creator": place.someone(draft.random),
        "open_issues": draft.random.randrange(9),
        "closed_issues": draft.random.randrange(9),
        "state": "open" if is_open else "closed",
        "created_at": iso(draft.at),
        "updated_at": moved,
        "due_on": None if number % 2 else iso(draft.end),
        "closed_at": None if is_open else moved,
    }


def links(place: Place, number: int) -> Record:
    url = f"{place.url}/issues/{number}"
    parts = ("comments", "events", "timeline")
    return {
        "url": url,
        "repository_url": place.url,
        "labels_url": f"{url}/labels{{/name}}",
        **{f"{part}_url": f"{url}/{part}" for part in parts},
    }


def opened(place: Place, draft: Draft) -> Record:
    """What issues and pull requests have in common: who wrote what, and when."""
    random, is_closed = draft.random, draft.random.random() < IS_CLOSED
    moved, assignee = iso(draft.later()), place.perhaps(draft.random)
    return {
        "title": f"{random.choice(SUBJECTS)} ({draft.number})",
        "user": place.someone(random),
        "labels": [label(place, 1 + n) for n in random.sample(range(len(LABELS)), random.randrange(3))],
        "state": "closed" if is_closed else "open",
        "locked": False,
        "active_lock_reason": None,
        "assignee": assignee,
        "assignees": [assignee] if assignee else [],
        "milestone": None,
        "created_at": iso(draft.at),
        "updated_at": moved,
        "closed_at": moved if is_closed else None,
        "author_association": random.choice(ASSOCIATIONS),
        "body": random.choice(BODIES),
    }


def issue(place: Place, draft: Draft, *, is_pull: bool) -> Record:
    common = opened(place, draft)
    is_closed, number = common["state"] == "closed", draft.number
    return {
        **links(place, number),
        "html_url": f"{place.web}/{'pull' if is_pull else 'issues'}/{number}",
        "id": place.id(number),
        "node_id": f"I_kwDO{place.id(number)}",
        "number": number,
        **common,
        "comments": draft.random.randrange(SEVERAL),
        "closed_by": place.someone(draft.random) if is_closed else None,
        "reactions": place.reactions(f"/issues/{number}", draft.random),
        "performed_via_github_app": None,
        "state_reason": "completed" if is_closed and not is_pull else None,
        **(pull_links(place, number) if is_pull else {"type": None}),
    }


def pull_links(place: Place, number: int) -> dict[str, Any]:
    """What marks an issue as a pull request: GitHub lists both as issues."""
    web = f"{place.web}/pull/{number}"
    pull = {
        "url": f"{place.url}/pulls/{number}",
        "html_url": web,
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        "merged_at": None,
    }
    return {"draft": False, "pull_request": pull}


def comment(place: Place, draft: Draft, issue_number: int) -> Record:
    identity = place.id(draft.number)
    return {
        "url": f"{place.url}/issues/comments/{identity}",
        "html_url": f"{place.web}/issues/{issue_number}#issuecomment-{identity}",
        "issue_url": f"{place.url}/issues/{issue_number}",
        "id": identity,
        "node_id": f"IC_kwDO{identity}",
        "user": place.someone(draft.random),
        "created_at": iso(draft.at),
        "updated_at": iso(draft.later()),
        "body": draft.random.choice(BODIES) or "👍",
        "author_association": draft.random.choice(ASSOCIATIONS),
        "reactions": place.reactions(f"/issues/comments/{identity}", draft.random),
        "performed_via_github_app": None,
    }
