"""Pull requests, commits, releases, runs and events: https://docs.github.com/en/rest"""

from __future__ import annotations

from typing import Any

from airflow_connectors.core import Record, iso
from airflow_connectors.testing.draft import Draft

from .issues import opened
from .place import Place

MESSAGES = ("Fix the fix", "Añadir pruebas 🧪", "Refactor pages\n\nNothing changes.", "Bump Ünïcödé to 2.0")
WORKFLOWS = {"ci.yml": "CI", "nightly.yml": "Nightly 🌙"}
CONCLUSIONS = ("success", "success", "failure", "cancelled")
PULL_LINKS = {
    "self": "/pulls/{}",
    "issue": "/issues/{}",
    "comments": "/issues/{}/comments",
    "review_comments": "/pulls/{}/comments",
    "review_comment": "/pulls/comments{{/number}}",
    "commits": "/pulls/{}/commits",
}
IS_MERGED = 0.7


def pull_request(place: Place, draft: Draft, number: int) -> Record:
    """As lists show it; `whole_pull_request` has the rest."""
    common, head = opened(place, draft), place.sha(1 + draft.number)
    is_merged = common["state"] == "closed" and draft.random.random() < IS_MERGED
    return {
        **pull_links(place, number, head),
        "id": place.id(draft.number),
        "node_id": f"PR_kwDO{place.id(draft.number)}",
        "number": number,
        **common,
        "merged_at": common["closed_at"] if is_merged else None,
        "merge_commit_sha": place.sha(2 * draft.number),
        "requested_reviewers": [],
        "requested_teams": [],
        "head": branch(place, f"topic/{number}", head),
        "base": branch(place, "main", place.sha(1)),
        "auto_merge": None,
        "draft": False,
    }


def pull_links(place: Place, number: int, head: str) -> Record:
    """All links, most of which stand in `_links` as well."""
    links = {rel: place.url + path.format(number) for rel, path in PULL_LINKS.items()}
    links |= {"html": f"{place.web}/pull/{number}", "statuses": f"{place.url}/statuses/{head}"}
    return {
        **{f"{rel}_url": url for rel, url in links.items() if rel != "self"},
        "url": links["self"],
        "diff_url": f"{links['html']}.diff",
        "patch_url": f"{links['html']}.patch",
        "_links": {rel: {"href": url} for rel, url in links.items()},
    }


def branch(place: Place, ref: str, sha: str) -> Record:
    owner = place.repository["owner"]
    return {
        "label": f"{owner['login']}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": owner,
        "repo": place.whole_repository,
    }


def whole_pull_request(part: Record) -> Record:
    is_merged, is_open = part["merged_at"] is not None, part["state"] == "open"
    return {
        **part,
        **dict.fromkeys(("comments", "review_comments"), 0),
        **dict.fromkeys(("commits", "changed_files"), 1),
        "additions": 10,
        "deletions": 2,
        "merged": is_merged,
        "merged_by": part["user"] if is_merged else None,
        "mergeable": True if is_open else None,
        "rebaseable": True if is_open else None,
        "mergeable_state": "clean" if is_open else "unknown",
        "maintainer_can_modify": False,
    }


def commit(place: Place, draft: Draft) -> Record:
    sha, author = place.sha(draft.number), place.someone(draft.random)
    parents = [place.sha(draft.number - 1)] if draft.number > 1 else []
    return {
        **commit_links(place, sha),
        "node_id": f"C_kwDO{sha}",
        "comments_url": f"{place.url}/commits/{sha}/comments",
        "commit": git_commit(place, draft, author),
        "author": author,
        "committer": author if draft.number % 5 else None,
        "parents": [commit_links(place, parent) for parent in parents],
    }


def commit_links(place: Place, sha: str) -> Record:
    return {"sha": sha, "url": f"{place.url}/commits/{sha}", "html_url": f"{place.web}/commit/{sha}"}


def git_commit(place: Place, draft: Draft, author: Record) -> Record:
    """What git knows of a commit."""
    signature = {"name": author["login"], "email": f"{author['login']}@example.com", "date": iso(draft.at)}
    tree, unsigned = place.sha(-draft.number), dict.fromkeys(("payload", "signature", "verified_at"))
    return {
        "url": f"{place.url}/git/commits/{place.sha(draft.number)}",
        "author": signature,
        "committer": signature,
        "message": draft.random.choice(MESSAGES),
        "comment_count": 0,
        "tree": {"sha": tree, "url": f"{place.url}/git/trees/{tree}"},
        "verification": {"verified": False, "reason": "unsigned", **unsigned},
    }


def release(place: Place, draft: Draft) -> Record:
    identity, tag = place.id(draft.number), f"v1.{draft.number}.0"
    url = f"{place.url}/releases/{identity}"
    return {
        "url": url,
        "html_url": f"{place.web}/releases/tag/{tag}",
        "assets_url": f"{url}/assets",
        "upload_url": f"{url}/assets{{?name,label}}",
        **archives(place, tag),
        "id": identity,
        "node_id": f"RE_kwDO{identity}",
        "tag_name": tag,
        "target_commitish": "main",
        "name": f"{tag} „Übersicht“",
        "body": "## What's new\r\n\r\n* 🎉 everything",
        "draft": False,
        "prerelease": draft.number % 4 == 0,
        "immutable": False,
        "created_at": iso(draft.at),
        "published_at": iso(draft.at),
        "updated_at": iso(draft.at),
        "author": place.someone(draft.random),
        "assets": [],
    }


def archives(place: Place, tag: str) -> dict[str, Any]:
    return {f"{kind}_url": f"{place.url}/{kind}/{tag}" for kind in ("tarball", "zipball")}


def workflow_run(place: Place, draft: Draft, *, is_done: bool) -> Record:
    identity, file = place.id(draft.number), list(WORKFLOWS)[draft.number % 2]
    url, actor = f"{place.url}/actions/runs/{identity}", place.someone(draft.random)
    sha = place.sha(draft.number)
    return {
        "id": identity,
        "name": WORKFLOWS[file],
        "node_id": f"WFR_kwLO{identity}",
        "head_branch": "main",
        "head_sha": sha,
        "path": f".github/workflows/{file}",
        "display_title": MESSAGES[draft.number % len(MESSAGES)].partition("\n")[0],
        "run_number": draft.number,
        "run_attempt": 1,
        "event": "push",
        "status": "completed" if is_done else "in_progress",
        "conclusion": draft.random.choice(CONCLUSIONS) if is_done else None,
        **run_links(place, url, 1 + draft.number % 2, identity),
        "html_url": f"{place.web}/actions/runs/{identity}",
        "pull_requests": [],
        **dict.fromkeys(("created_at", "updated_at", "run_started_at"), iso(draft.at)),
        **dict.fromkeys(("actor", "triggering_actor"), actor),
        "head_commit": head_commit(sha, draft, actor),
        **dict.fromkeys(("repository", "head_repository"), place.repository),
    }


def run_links(place: Place, url: str, workflow: int, identity: int) -> Record:
    parts = {name: f"{url}/{name}" for name in ("jobs", "logs", "artifacts", "cancel", "rerun")}
    return {
        "url": url,
        **{f"{name}_url": link for name, link in parts.items()},
        "workflow_id": workflow,
        "workflow_url": f"{place.url}/actions/workflows/{workflow}",
        "check_suite_id": identity,
        "check_suite_node_id": f"CS_kwDO{identity}",
        "check_suite_url": f"{place.url}/check-suites/{identity}",
        "previous_attempt_url": None,
    }


def head_commit(sha: str, draft: Draft, author: Record) -> Record:
    person = {"name": author["login"], "email": f"{author['login']}@example.com"}
    message = MESSAGES[draft.number % len(MESSAGES)]
    return {
        "id": sha,
        "tree_id": sha[::-1],
        "message": message,
        "timestamp": iso(draft.at),
        "author": person,
        "committer": person,
    }


def contributor(person: Record, draft: Draft) -> Record:
    return {**person, "contributions": 1 + draft.random.randrange(500)}


def event(place: Place, draft: Draft) -> Record:
    actor, sha = place.someone(draft.random), place.sha(draft.number)
    shown = {name: actor[name] for name in ("id", "login", "gravatar_id", "url", "avatar_url")}
    payload = {"ref": "refs/heads/main", "head": sha, "before": place.sha(draft.number - 1)}
    return {
        "id": str(place.id(draft.number)),  # a text here, a number everywhere else
        "type": "PushEvent",
        "actor": {**shown, "display_login": actor["login"]},
        "repo": {"id": place.repository["id"], "name": place.name, "url": place.url},
        "payload": {"repository_id": place.repository["id"], "push_id": draft.number, **payload},
        "public": True,
        "created_at": iso(draft.at),
    }
