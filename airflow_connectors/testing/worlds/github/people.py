"""Who and what GitHub's objects refer to: users, repositories, and links to everything."""

from __future__ import annotations

from airflow_connectors.core import Record

NAMES = (
    "ada",
    "bjørn",
    "chioma",
    "dmitri",
    "esra",
    "fatima",
    "goro",
    "héctor",
    "ines",
    "jun",
    "kwame",
    "łucja",
)
USER_LINKS = {
    "followers": "/followers",
    "following": "/following{/other_user}",
    "gists": "/gists{/gist_id}",
    "starred": "/starred{/owner}{/repo}",
    "subscriptions": "/subscriptions",
    "organizations": "/orgs",
    "repos": "/repos",
    "events": "/events{/privacy}",
    "received_events": "/received_events",
}
REPOSITORY_LINKS = {
    "archive": "/{archive_format}{/ref}",
    "assignees": "/assignees{/user}",
    "blobs": "/git/blobs{/sha}",
    "branches": "/branches{/branch}",
    "collaborators": "/collaborators{/collaborator}",
    "comments": "/comments{/number}",
    "commits": "/commits{/sha}",
    "compare": "/compare/{base}...{head}",
    "contents": "/contents/{+path}",
    "contributors": "/contributors",
    "deployments": "/deployments",
    "downloads": "/downloads",
    "events": "/events",
    "forks": "/forks",
    "git_commits": "/git/commits{/sha}",
    "git_refs": "/git/refs{/sha}",
    "git_tags": "/git/tags{/sha}",
    "hooks": "/hooks",
    "issue_comment": "/issues/comments{/number}",
    "issue_events": "/issues/events{/number}",
    "issues": "/issues{/number}",
    "keys": "/keys{/key_id}",
    "labels": "/labels{/name}",
    "languages": "/languages",
    "merges": "/merges",
    "milestones": "/milestones{/number}",
    "notifications": "/notifications{?since,all,participating}",
    "pulls": "/pulls{/number}",
    "releases": "/releases{/id}",
    "stargazers": "/stargazers",
    "statuses": "/statuses/{sha}",
    "subscribers": "/subscribers",
    "subscription": "/subscription",
    "tags": "/tags",
    "teams": "/teams",
    "trees": "/git/trees{/sha}",
}
COUNTS = ("forks", "watchers", "open_issues")
ALIKE: Record = {
    **dict.fromkeys(COUNTS, 7),
    **{f"{name}_count": 7 for name in (*COUNTS, "stargazers", "network", "subscribers")},
    **dict.fromkeys(("has_issues", "has_projects", "has_wiki", "has_downloads"), True),
    **dict.fromkeys(("has_pages", "has_discussions", "archived", "disabled", "is_template"), False),
    **dict.fromkeys(("homepage", "mirror_url", "license")),
    "default_branch": "main",
    "language": "Python",
    "visibility": "public",
    "topics": ["data", "météo"],
    "size": 4096,
    "created_at": "2019-03-02T10:00:00Z",
    "updated_at": "2025-12-31T10:00:00Z",
    "pushed_at": "2025-12-31T10:00:00Z",
}


def user(api: str, number: int) -> Record:
    """The `number`th person, from 1; after the twelfth the names come again, numbered."""
    name = NAMES[(number - 1) % len(NAMES)]
    login = name.encode("ascii", "ignore").decode() + (f"-{number}" if number > len(NAMES) else "")
    url = f"{api}/users/{login}"
    return {
        "login": login,
        "id": 1000 + number,
        "node_id": f"U_kgDO{number:06d}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{1000 + number}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": f"https://github.com/{login}",
        **{f"{name}_url": url + path for name, path in USER_LINKS.items()},
        "type": "User",
        "user_view_type": "public",
        "site_admin": False,
    }


def profile(person: Record, number: int) -> Record:
    """A user as `/users/…` shows one."""
    return {
        **person,
        "name": person["login"].title(),
        "company": None,
        "blog": "",
        "location": "Reykjavík" if number % 2 else None,
        "email": None,
        "hireable": None,
        "bio": "Grüße aus dem Rechenzentrum 🚀",
        "twitter_username": None,
        "public_repos": number,
        "public_gists": 0,
        "followers": 3 * number,
        "following": number,
        "created_at": "2019-03-01T09:00:00Z",
        "updated_at": "2025-12-01T09:00:00Z",
    }


def repository(api: str, full_name: str, number: int) -> Record:
    """A repository as other objects contain it."""
    owner, _, name = full_name.partition("/")
    url = f"{api}/repos/{full_name}"
    organization = {**user(api, 900 + number), "login": owner, "type": "Organization"}
    return {
        "id": 5000 + number,
        "node_id": f"R_kgDO{number:06d}",
        "name": name,
        "full_name": full_name,
        "owner": organization,
        "private": False,
        "html_url": f"https://github.com/{full_name}",
        "description": f"Everything about {name} 🛰️",
        "fork": False,
        "url": url,
        **{f"{name}_url": url + path for name, path in REPOSITORY_LINKS.items()},
    }


def whole_repository(part: Record) -> Record:
    """A repository as `/repos/…` shows one."""
    name = part["full_name"]
    return {
        **part,
        **ALIKE,
        "git_url": f"git://github.com/{name}.git",
        "ssh_url": f"git@github.com:{name}.git",
        "clone_url": f"https://github.com/{name}.git",
        "svn_url": f"https://github.com/{name}",
    }
