"""
A GitHub-like API on loopback whose pages are encoded beforehand, so that the clients are what is measured.

    /issues?page=2&per_page=100[&since=...]   a list, and a `Link` header with `next` and `last`
    /cursor?[cursor=TOKEN][&since=...]        {"items": [...], "next": TOKEN or null}
    /control?records=&latency_ms=&edited=     what to serve from now on; the counts begin again
    /count                                    requests, records, and when the first and the last were served

A thread for each connection: the interpreter's lock is released where time is spent, in the kernel.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock, Thread
from urllib.parse import parse_qsl, quote, urlsplit

from bench.records import Listing

SIZE = 100
BUFFER = 1 << 20
REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found"}


@dataclass
class Counts:
    """What was asked for since the last `/control`."""

    requests: int = 0
    records: int = 0
    first: float = 0.0
    last: float = 0.0


@dataclass(frozen=True)
class Answer:
    """An answer's parts, which are sent one after the other: the long one is never copied."""

    parts: tuple[bytes, ...]
    records: int = 0
    is_counted: bool = True


def answer(*body: bytes, status: int = 200, link: str = "", records: int = 0, counted: bool = True) -> Answer:
    head = f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: application/json; charset=utf-8\r\n"
    head += f"Link: {link}\r\n" if link else ""
    head += f"Content-Length: {sum(map(len, body))}\r\n\r\n"
    return Answer((head.encode(), *body), records, counted)


@dataclass
class Api:
    """The service: what it holds, how slowly it answers, and what it was asked."""

    base: str
    pages: list[bytes]
    listing: Listing
    latency: float = 0.0
    counts: Counts = field(default_factory=Counts)
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.answered = lru_cache(4096)(self.answer)  # by target: parsing costs more than sending

    @property
    def encoded(self) -> range:
        """Where pages begin that need not be made now."""
        return range(0, len(self.pages) * SIZE, SIZE)

    def answer(self, target: str) -> Answer:
        url = urlsplit(target)
        params = dict(parse_qsl(url.query))
        if int(params.get("per_page", SIZE)) != SIZE:
            return answer(b'{"message": "per_page is 100 here"}', status=400)
        if url.path == "/issues":
            return self.numbered(int(params.get("page", "1")), params.get("since", ""))
        if url.path == "/cursor":
            return self.chained(params.get("cursor", ""), params.get("since", ""))
        return answer(b'{"message": "Not Found"}', status=404)

    def numbered(self, page: int, since: str) -> Answer:
        begin = self.listing.position(since) if since else 0
        last = max(1, -((begin - self.listing.count) // SIZE))
        body, records = self.page(begin + (page - 1) * SIZE)
        tail = f"&since={quote(since)}" if since else ""
        rels = {"next": page + 1, "last": last} if page < last else {}
        if page > 1:
            rels |= {"prev": page - 1, "first": 1}
        links = [
            f'<{self.base}/issues?page={n}&per_page={SIZE}{tail}>; rel="{rel}"' for rel, n in rels.items()
        ]
        return answer(body, link=", ".join(links), records=records)

    def chained(self, token: str, since: str) -> Answer:
        """A token names a position, and what was asked for at first is in it."""
        start = (
            int(token.removeprefix("position-")) if token else self.listing.position(since) if since else 0
        )
        body, records = self.page(start)
        following = start + SIZE
        more = f'"position-{following}"' if following < self.listing.count else "null"
        return answer(b'{"items":', body, f',"next":{more}}}'.encode(), records=records)

    def page(self, start: int) -> tuple[bytes, int]:
        stop = min(start + SIZE, self.listing.count)
        records = max(0, stop - start)
        if start in self.encoded and records == SIZE and not self.listing.has_edits:
            return self.pages[start // SIZE], records
        return self.listing.cut(start, stop), records

    def control(self, params: dict[str, str]) -> Answer:
        with self.lock:
            self.listing = Listing(int(params["records"]), has_edits=params.get("edited") == "1")
            self.latency = float(params.get("latency_ms", "0")) / 1000
            self.counts = Counts()
            self.answered.cache_clear()
        return answer(b"{}", counted=False)

    def reply(self, target: str) -> Answer:
        """Count a request and wait as long as the service is slow."""
        if target.startswith("/control"):
            return self.control(dict(parse_qsl(urlsplit(target).query)))
        if target == "/count":
            return answer(json.dumps(vars(self.counts)).encode(), counted=False)
        began = time.time()
        found = self.answered(target)
        with self.lock:
            self.counts.requests += 1
            self.counts.records += found.records
            self.counts.first = self.counts.first or began
        if self.latency:
            time.sleep(max(0.0, began + self.latency - time.time()))
        return found


def send(conn: socket.socket, parts: tuple[bytes, ...]) -> None:
    *first, last = parts
    for part in first:
        conn.sendall(part, socket.MSG_MORE)
    conn.sendall(last)


def talk(conn: socket.socket, api: Api) -> None:
    """Answer the requests of one connection, one after the other, until it is closed."""
    conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
    with conn:
        while request := received(conn):
            found = api.reply(request.split(b" ", 2)[1].decode())
            send(conn, found.parts)
            if found.is_counted:
                api.counts.last = time.time()
            if b"connection: close" in request.lower():
                return


def received(conn: socket.socket) -> bytes:
    """One request's head; nothing once the client has hung up. Nobody sends a body here."""
    request = b""
    while not request.endswith(b"\r\n\r\n"):
        try:
            more = conn.recv(65536)
        except ConnectionResetError:
            return b""
        if not more:
            return b""
        request += more
    return request


def encoded(records: int) -> list[bytes]:
    listing = Listing(records)
    return [listing.cut(start, start + SIZE) for start in range(0, records, SIZE)]


def main() -> None:
    capacity = int(sys.argv[1])
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    api = Api(base, encoded(capacity), Listing(capacity))
    print(base, flush=True)
    while True:
        conn, _ = listener.accept()
        Thread(target=talk, args=(conn, api), daemon=True).start()


if __name__ == "__main__":
    main()
