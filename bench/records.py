"""Synthetic issues in the shape of GitHub's: deterministic, about 1.7 kB of JSON each."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import msgspec

BEGIN = datetime(2021, 1, 1, tzinfo=UTC)
EDITED = datetime(2024, 1, 1, tzinfo=UTC)
EVERY = 100  # one record in a hundred is edited
API = "https://api.forge.example/repos/plant/line"
WEB = "https://forge.example/plant/line"
TEXT = (
    'The gauge of pump {n} reads "{n} kPa" and then falls to 0.\r\n\r\n'
    "1. Open C:\\plant\\line-{k}\\gauge.cfg\r\n2. Set `interval = {k}`\r\n3. Wäit for the übergabe — 7 µs\n\n"
    "Seen on shift {k} by two of us, after the filter had been changed and the line was started again; the\n"
    "valve was shut “by hand”. Nothing of it is in the log, which ends at 05:5{k}. The same happened in\n"
    "week {k}: line {n} stood still for {k} hours, the spare part (№ {n}/{k}) came from Łódź.\n\n"
    "> Erwartet: 3 ≤ x ≤ 9\t(“steady”), gesehen: ∅ 🚰\n"
)
LABELS = [
    {"id": 4000 + n, "name": name, "color": f"{n:06x}", "default": not n, "description": about}
    for n, (name, about) in enumerate(
        [("bug", "It does not work"), ("enhancement", None), ("größe: L", "Mehr als ein Tag"), ("wet", None)]
    )
]


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def user(n: int) -> dict[str, Any]:
    login = f"operator-{n}"
    return {
        "login": login,
        "id": 70_000 + n,
        "node_id": f"U_{n:08d}",
        "avatar_url": f"https://avatars.forge.example/u/{n}?v=4",
        "url": f"https://api.forge.example/users/{login}",
        "html_url": f"https://forge.example/{login}",
        "repos_url": f"https://api.forge.example/users/{login}/repos",
        "type": "User",
        "name": f"Zoë Müller {n}",
        "company": None if n % 3 else "Wasserwerk Süd",
        "site_admin": n % 50 == 0,
    }


USERS = [user(n) for n in range(97)]


def milestone(n: int) -> dict[str, Any]:
    return {
        "id": 900 + n,
        "number": n,
        "title": f"Shift {n}",
        "description": "Alles dicht\n",
        "open_issues": 3 * n,
        "due_on": stamp(BEGIN + timedelta(days=n)),
    }


def issue(n: int, *, is_edited: bool = False) -> dict[str, Any]:
    is_closed = n % 5 in (0, 3)
    created = BEGIN + timedelta(seconds=30 * n)
    updated = EDITED + timedelta(seconds=n // EVERY) if is_edited else created + timedelta(seconds=20)
    return {
        "id": 1_000_000 + n,
        "node_id": f"I_{n:010d}",
        "number": n + 1,
        "title": f"{'Edited: ' if is_edited else ''}Pump {n} reports “pressure” out of range",
        "state": "closed" if is_closed else "open",
        "state_reason": "completed" if is_closed else None,
        "locked": n % 40 == 0,
        "draft": False,
        "comments": n % 17,
        "author_association": ("MEMBER", "CONTRIBUTOR", "NONE")[n % 3],
        "url": f"{API}/issues/{n + 1}",
        "html_url": f"{WEB}/issues/{n + 1}",
        "created_at": stamp(created),
        "updated_at": stamp(updated),
        "closed_at": stamp(created + timedelta(seconds=10)) if is_closed else None,
        "body": TEXT.format(n=n, k=n % 13),
        "user": USERS[n % 97],
        "assignee": USERS[n % 31] if n % 10 in (1, 4, 8) else None,
        "milestone": milestone(n % 7) if n % 4 == 0 else None,
        "labels": [LABELS[n % 4], LABELS[(n // 4) % 4]] if n % 3 else [],
        "reactions": {"total_count": n % 6, "+1": n % 4, "-1": 0, "heart": n % 2, "rocket": 0},
    }


@dataclass(frozen=True)
class Listing:
    """What the service holds: `count` issues, oldest update first; the edited ones are last."""

    count: int
    has_edits: bool = False

    @cached_property
    def numbers(self) -> range | list[int]:
        if not self.has_edits:
            return range(self.count)
        return [n for n in range(self.count) if n % EVERY] + list(range(0, self.count, EVERY))

    def issue(self, n: int) -> dict[str, Any]:
        return issue(n, is_edited=self.has_edits and n % EVERY == 0)

    def position(self, since: str) -> int:
        """Where the issues begin that were updated then or later."""
        moment = stamp(datetime.fromisoformat(since).astimezone(UTC)) if since else ""
        return bisect_left(self.numbers, moment, key=lambda n: self.issue(n)["updated_at"])

    def cut(self, start: int, stop: int) -> bytes:
        return msgspec.json.encode([self.issue(n) for n in self.numbers[start:stop]])
