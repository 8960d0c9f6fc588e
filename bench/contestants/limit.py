"""
What one can write by hand for this one shape of record: http.client, msgspec, binary COPY, one merge.

A thread fetches and decodes ahead of the database. There is no schema to learn, no retry, no state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from http.client import HTTPConnection
from itertools import chain, islice
from operator import attrgetter
from queue import Queue
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psycopg

from bench.contestants.table import CHANGES, COLUMNS, CREATE, NAMES, NESTED, TYPES
from bench.contestants.task import Task, task

BATCH = 10_000
AHEAD = 16
COPIED = {"bigint PRIMARY KEY": "int8", "bigint": "int8", "boolean": "bool", "jsonb": "bytea"}
Raw = msgspec.Raw
NULL = b"null"


class Issue(msgspec.Struct, gc=False):
    id: int
    node_id: str
    number: int
    title: str
    state: str
    state_reason: str | None
    locked: bool
    draft: bool
    comments: int
    author_association: str
    url: str
    html_url: str
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    body: str
    user: Raw
    assignee: Raw
    milestone: Raw
    labels: Raw
    reactions: Raw


class Chunk(msgspec.Struct):
    items: list[Issue]
    next: str | None


Fetch = Callable[[str], bytes]


def fetcher(url: str) -> Fetch:
    conn = HTTPConnection(urlsplit(url).netloc)

    def fetch(target: str) -> bytes:
        conn.request("GET", target)
        return conn.getresponse().read()

    return fetch


def chained(fetch: Fetch) -> Iterator[list[Issue]]:
    decode, target = msgspec.json.Decoder(Chunk).decode, "/cursor"
    while True:
        chunk = decode(fetch(target))
        yield chunk.items
        if not chunk.next:
            return
        target = f"/cursor?cursor={chunk.next}"


def numbered(fetch: Fetch, records: int) -> Iterator[list[Issue]]:
    decode = msgspec.json.Decoder(list[Issue]).decode
    for page in range(1, -(-records // 100) + 1):
        yield decode(fetch(f"/issues?page={page}&per_page=100"))


def fetched(given: Task) -> Iterator[list[Issue]]:
    fetch = fetcher(given.url)
    return chained(fetch) if given.flavour == "cursor" else numbered(fetch, given.records)


def ahead(pages: Iterator[list[Issue]]) -> Iterator[list[Issue]]:
    queue: Queue[list[Issue] | None] = Queue(AHEAD)

    def draw() -> None:
        for page in pages:
            queue.put(page)
        queue.put(None)

    Thread(target=draw, daemon=True).start()
    while (page := queue.get()) is not None:
        yield page


def nested(raw: Raw) -> bytes | None:
    """As jsonb's binary format has it: a version, then the text."""
    text = bytes(raw)
    return None if text == NULL else b"\x01" + text


def load(conn: psycopg.Connection[Any], pages: Iterable[list[Issue]]) -> int:
    plain = attrgetter(*(name for name in COLUMNS if name not in NESTED))
    jsons = attrgetter(*NESTED)
    cursor = conn.cursor()
    with cursor.copy(f"COPY stage ({NAMES}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types([COPIED.get(type_, type_) for type_ in TYPES.values()])
        write = copy.write_row
        for issue in chain.from_iterable(pages):
            write(plain(issue) + tuple(map(nested, jsons(issue))))
    copied = cursor.rowcount
    conn.execute(f"""
        INSERT INTO issues ({NAMES}) SELECT DISTINCT ON (id) {NAMES} FROM stage ORDER BY id, updated_at DESC
        ON CONFLICT (id) DO UPDATE SET {CHANGES}
    """)  # noqa: S608 - names only
    conn.execute("TRUNCATE stage")
    conn.commit()
    return copied


def main() -> None:
    given = task()
    with psycopg.connect(given.database) as conn:
        conn.execute(CREATE)
        columns = ", ".join(f'"{name}" {type_.split()[0]}' for name, type_ in TYPES.items())
        conn.execute(f"CREATE TEMPORARY TABLE stage ({columns})")
        pages = ahead(fetched(given))
        while load(conn, islice(pages, BATCH // 100)):
            pass


if __name__ == "__main__":
    main()
