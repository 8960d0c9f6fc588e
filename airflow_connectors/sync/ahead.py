"""Reading ahead: the network works on the next pages while the database takes the last ones."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from queue import Full, Queue
from threading import Event, Thread
from typing import Any, TypeVar

T = TypeVar("T")
DEPTH = 4
END: Any = object()


def ahead(items: Iterator[T], depth: int = DEPTH) -> Generator[T]:
    """Yield what `items` yields, drawn by a thread that is at most `depth` items ahead."""
    queue: Queue[Any] = Queue(depth)
    stopped = Event()
    thread = Thread(target=_draw, args=(items, queue, stopped), name="read-ahead", daemon=True)
    thread.start()
    try:
        while (item := queue.get()) is not END:
            if isinstance(item, _Failure):
                raise item.error
            yield item
    finally:
        stopped.set()
        thread.join()


class _Failure:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def _draw(items: Iterator[Any], queue: Queue[Any], stopped: Event) -> None:
    try:
        for item in items:
            if not _put(queue, item, stopped):
                return
        _put(queue, END, stopped)
    except BaseException as error:  # noqa: BLE001 - raised again where the items are consumed
        _put(queue, _Failure(error), stopped)


def _put(queue: Queue[Any], item: Any, stopped: Event) -> bool:
    """Whether there was anybody to take it."""
    while not stopped.is_set():
        try:
            queue.put(item, timeout=0.1)
        except Full:
            continue
        return True
    return False
