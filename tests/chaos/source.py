"""
The service: an HTTP server in a process of its own, which survives the syncs that are killed.

It serves worlds, stirs them all the time, has storms in which it answers 429 and 5xx or drops connections,
and keeps an account of its own: what was asked by which run, and what was answered whole.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .world import World, shown

STORM = 0.02  # how likely a request begins one
DROP = 0.015
STORMY = {429: 0.05, 503: 0.05, 502: 0.02, 500: 0.02}  # what is answered, and the wait that is asked for


@dataclass
class Asked:
    """What one run asked and got. It went on if its first request for some box named a page."""

    requests: int = 0
    records: int = 0
    went_on: bool = False
    boxes: list[str] = field(default_factory=list)


@dataclass
class Source:
    """Worlds by name, the weather, and the accounts."""

    seed: int
    worlds: dict[str, World] = field(default_factory=dict)
    runs: dict[str, Asked] = field(default_factory=dict)
    requests: int = 0
    mishaps: int = 0
    status: int = 0
    until: float = 0.0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - repeatable, not secret
        self.lock = threading.Lock()

    def stir(self) -> None:
        while True:
            time.sleep(0.01)
            with self.lock:
                for world in self.worlds.values():
                    if world.is_wild:
                        world.stir()

    def ask(self, run: str, place: str, params: dict[str, str]) -> tuple[int, Any]:
        """Answer a run's request; the status is 0 where the connection is to be dropped."""
        name, _, box = place.strip("/").partition("/")
        with self.lock:
            self.requests += 1
            asked = self.runs.setdefault(run, Asked())
            asked.requests += 1
            world = self.worlds[name]
            if box not in asked.boxes:
                asked.boxes.append(box)
                asked.went_on |= "after" in params
            if world.is_wild and (status := self._weather()) is not None:
                self.mishaps += 1
                return status, STORMY.get(status)
            return 200, self._page(world, asked, box, params)

    def _page(self, world: World, asked: Asked, box: str, params: dict[str, str]) -> Any:
        since = round(float(params.get("since", 0)) * 1e6)
        after = json.loads(params["after"]) if "after" in params else None
        records, has_more = world.page(box, since, after, int(params["limit"]))
        asked.records += len(records)
        token = json.dumps(world.place(records[-1])) if has_more else None
        return {"things": [shown(record) for record in records], "next": token}

    def _weather(self) -> int | None:
        """A status to answer with in place of records."""
        if time.time() < self.until:
            return self.status
        if self.random.random() < STORM:
            self.status = self.random.choice(list(STORMY))
            self.until = time.time() + self.random.uniform(0, 0.15)
        return 0 if self.random.random() < DROP else None

    def control(self, verb: str, body: dict[str, Any]) -> Any:
        """What the harness asks for."""
        acts: dict[str, Callable[..., Any]] = {
            "new": self._new,
            "wild": self._wild,
            "truth": self._truth,
            "account": self._account,
        }
        with self.lock:
            return acts[verb](**body)

    def _new(self, name: str, size: int, **declared: Any) -> None:
        world = World(**{**declared, "boxes": tuple(declared["boxes"])})
        world.grow(size)
        self.worlds = {name: world}

    def _wild(self, name: str, *, is_wild: bool) -> None:
        self.worlds[name].is_wild = is_wild
        self.until = 0.0

    def _truth(self, name: str) -> Any:
        world = self.worlds[name]
        current = [record["version"] for record in world.records.values()]
        return {"versions": [(record["box"], shown(record)) for record in world.versions], "current": current}

    def _account(self) -> Any:
        runs = {run: asdict(asked) for run, asked in self.runs.items()}
        return {"requests": self.requests, "mishaps": self.mishaps, "runs": runs}


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        run = self.headers.get("X-Run", "")
        status, answer = self.server.source.ask(run, unquote(url.path), dict(parse_qsl(url.query)))
        if status == 0:
            self._drop()
        elif status == 200:
            self._answer(200, json.dumps(answer).encode())
        else:
            self._answer(status, b"a storm", {"Retry-After": str(answer)})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.server.source.control(self.path.strip("/"), body)
        self._answer(200, json.dumps(answer).encode())

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        head = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        self.wfile.write(f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode() + body)

    def _drop(self) -> None:
        """Begin an answer, or none, and be gone."""
        if self.server.source.random.random() < 0.5:
            self.wfile.write(b'HTTP/1.1 200 Said\r\nContent-Length: 1000\r\n\r\n{"things": [')
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """The account is enough."""


class Server(ThreadingHTTPServer):
    """Threads, because two runs ask at once."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, source: Source) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.source = source

    def handle_error(self, *_: Any) -> None:
        """A client was killed."""

    def serve(self) -> None:
        threading.Thread(target=self.source.stir, daemon=True).start()
        self.serve_forever(poll_interval=0.5)
