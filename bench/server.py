"""A Jira-like API on loopback: pages encoded beforehand, so that the client is what is measured."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import msgspec

SIZE = 100
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE = [
    {
        "accountId": f"5b10{n:06d}",
        "displayName": f"Zoë Müller {n}",
        "active": n % 7 > 0,
        "timeZone": "Europe/Berlin",
    }
    for n in range(50)
]


def issue(n: int) -> dict[str, object]:
    """About 1.3 kB of JSON in the shape of a Jira issue."""
    updated = (BEGIN + timedelta(seconds=30 * n)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    fields = {
        "summary": f"Pump {n} reports “pressure” out of range",
        "description": {
            "type": "doc",
            "version": 1,
            "content": [{"type": "paragraph", "content": ["x" * 300]}],
        },
        "created": (BEGIN + timedelta(seconds=29 * n)).strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "updated": updated,
        "duedate": None if n % 3 else "2026-12-31",
        "status": {"id": str(n % 4), "name": ("To Do", "In Progress", "In Review", "Done")[n % 4]},
        "priority": {"id": str(n % 5), "name": "High" if n % 5 else "Low"},
        "reporter": PEOPLE[n % 50],
        "assignee": None if n % 10 == 0 else PEOPLE[n % 37],
        "labels": ["field", f"line-{n % 9}"],
        "components": [{"id": str(n % 3), "name": "hydraulics"}],
        "storypoints": n % 13,
        "timespent": n * 60,
        "votes": {"votes": n % 5, "hasVoted": False},
        "resolution": None,
    }
    return {
        "id": str(10_000 + n),
        "key": f"OPS-{n}",
        "self": f"https://jira.invalid/rest/api/3/issue/{n}",
        "fields": fields,
    }


def encoded(records: int) -> list[bytes]:
    starts = range(0, records, SIZE)
    pages = []
    for start in starts:
        body: dict[str, object] = {"issues": [issue(n) for n in range(start, min(start + SIZE, records))]}
        if start + SIZE < records:
            body["nextPageToken"] = str(start // SIZE + 1)
        pages.append(msgspec.json.encode(body))
    return pages


class Handler(BaseHTTPRequestHandler):
    """Answers every path with the page that the token names, and counts."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    pages: list[bytes] = []
    requests = 0

    def do_GET(self) -> None:
        if self.path == "/count":
            body = str(Handler.requests).encode()
        else:
            Handler.requests += 1
            token = parse_qs(urlsplit(self.path).query).get("nextPageToken", ["0"])[0]
            body = self.pages[int(token)]
        self.send_response_only(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    Handler.pages = encoded(int(sys.argv[1]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
