"""
A server with just enough answers that a stream goes on to its next pages and steps.

What it answers is made up and proves nothing; it is here so that the requests are sent, and judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Params = dict[str, str]
Answer = Callable[[Params, str], Any]  # from the parameters and the server's own URL
MOMENT = "2026-01-31T12:00:00.000+0000"


def more(params: Params, name: str) -> str:
    """A page token, until it comes back."""
    return "" if name in params else "more"


def jira_search(params: Params, _base: str) -> Any:
    fields = {"updated": MOMENT, "comment": {"comments": [], "total": 30}}
    token = {"nextPageToken": "more"} if more(params, "nextPageToken") else {}
    return {"issues": [{"id": "10001", "key": "OPS-1", "fields": fields}], **token}


def jira_comments(_params: Params, base: str) -> Any:
    return {"comments": [{"id": "7", "self": f"{base}/rest/api/3/issue/10001/comment/7"}], "total": 2}


def jira_worklogs(params: Params, _base: str) -> Any:
    last = params.get("since") == "1769860800000"
    return {"values": [{"worklogId": 5, "updatedTime": 1}], "until": 1769860800000, "lastPage": last}


def slack_messages(params: Params, _base: str) -> Any:
    message = {"ts": "1769860800.000100", "thread_ts": "1769860700.000100", "reply_count": 1}
    return {**slack_page(params), "messages": [message]}


def slack_page(params: Params) -> Any:
    return {"ok": True, "response_metadata": {"next_cursor": more(params, "cursor")}}


def slack_list(params: Params, _base: str) -> Any:
    return {**slack_page(params), "channels": [{"id": "C1"}], "members": [{"id": "U1"}]}


def noaa_point(_params: Params, base: str) -> Any:
    grid = f"{base}/gridpoints/TOP/32,81/forecast"
    return {"properties": {"forecast": grid, "forecastHourly": f"{grid}/hourly"}}


def noaa_forecast(_params: Params, _base: str) -> Any:
    return {"properties": {"updateTime": MOMENT, "periods": [{"startTime": MOMENT}]}}


ANSWERS: dict[str, Answer] = {
    "GET /rest/api/3/search/jql": jira_search,
    "GET /rest/api/3/issue/10001/comment": jira_comments,
    "GET /rest/api/3/issue/OPS-1/transitions": lambda _params, _base: {
        "transitions": [{"id": "31", "name": "Done"}]
    },
    "POST /rest/api/3/changelog/bulkfetch": lambda params, _base: {
        "issueChangeLogs": [],
        "nextPageToken": more(params, "nextPageToken"),
    },
    "GET /rest/api/3/worklog/(updated|deleted)": jira_worklogs,
    "POST /rest/api/3/worklog/list": lambda _params, _base: [{"id": "5"}],
    "GET /rest/api/3/project/search": lambda _params, _base: {"values": [{"id": "1"}], "total": 2},
    "GET /rest/api/3/users/search": lambda params, _base: [{"accountId": "a"}][: params["startAt"] == "0"],
    r"GET /api/conversations\.(history|replies)": slack_messages,
    r"GET /api/(conversations\.list|users\.conversations|users\.list)": slack_list,
    r"POST /api/files\.getUploadURLExternal": lambda _params, base: {
        "ok": True,
        "upload_url": f"{base}/upload/v1/F1",
        "file_id": "F1",
    },
    r"POST /api/.*|POST /upload/v1/F1": lambda _params, _base: {"ok": True, "ts": "1769860800.000100"},
    "GET /points/[^/]+": noaa_point,
    "GET /gridpoints/.*": noaa_forecast,
}


def answer_to(method: str, path: str) -> Answer | None:
    return next((made for asked, made in ANSWERS.items() if re.fullmatch(asked, f"{method} {path}")), None)


class Handler(BaseHTTPRequestHandler):
    def answer(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        made = answer_to(self.command, url.path)
        found = made(self.params(url.query, body), f"http://{self.headers['Host']}") if made else {}
        content = json.dumps(found).encode()
        self.send_response(200 if made else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def params(self, query: str, body: bytes) -> Params:
        is_json = self.headers.get("Content-Type") == "application/json"
        return dict(parse_qsl(query)) | (json.loads(body) if is_json else {})

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - the base class calls these

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        return


@contextmanager
def answering() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
