"""The floor: a bare client that fetches the same pages, with as many in flight, and throws them away."""

from __future__ import annotations

from http.client import HTTPConnection
from threading import Thread
from urllib.parse import urlsplit

import msgspec

from bench.contestants.task import Task, task

UNDER_WAY = 8


class Token(msgspec.Struct):
    next: str | None


def body(conn: HTTPConnection, target: str) -> bytes:
    conn.request("GET", target)
    return conn.getresponse().read()


def chained(given: Task) -> None:
    conn, decode = HTTPConnection(urlsplit(given.url).netloc), msgspec.json.Decoder(Token).decode
    token = decode(body(conn, "/cursor")).next
    while token:
        token = decode(body(conn, f"/cursor?cursor={token}")).next


def numbered(given: Task) -> None:
    """All page numbers are known beforehand here, which spares a round."""
    pages = iter(range(1, -(-given.records // 100) + 1))

    def draw() -> None:
        conn = HTTPConnection(urlsplit(given.url).netloc)
        for page in pages:
            body(conn, f"/issues?page={page}&per_page=100")

    threads = [Thread(target=draw) for _ in range(UNDER_WAY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    given = task()
    chained(given) if given.flavour == "cursor" else numbered(given)
