"""Reading ahead: threads fetch and decode while the destination takes what came before."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Generic, TypeVar

T = TypeVar("T")
Source = Callable[[], Generator[T]]


IDLE = 0.02
PATIENCE = 1.0  # for a request under way when the run is stopped


@dataclass(frozen=True)
class Sized(Generic[T]):
    """An item and the bytes that it counts for."""

    item: T
    size: int


class Feed(Generic[T]):
    """
    Draws from several sources at once and hands their items on, those of one source in their order.

    At most `budget` bytes wait to be taken: a slow consumer makes the sources wait. The first error of a
    source ends all of them; it is raised after the items that came before it. Once `is_stopped` says so, the
    items end with those that are waiting. While nothing comes, the consumer is given None from time to time.
    """

    def __init__(
        self,
        sources: Sequence[Source[Sized[T]]],
        *,
        workers: int,
        budget: int,
        is_stopped: Callable[[], bool] = bool,
    ) -> None:
        self._sources = deque(sources)
        self._budget, self._held = budget, 0
        self._is_stopped = is_stopped
        self._ready: deque[Sized[T]] = deque()
        self._changed = Condition()
        self._error: BaseException | None = None
        self._stopped = False
        self._threads = [
            Thread(target=self._draw, name=f"reader-{number}", daemon=True)
            for number in range(min(workers, len(sources)))
        ]
        self._working = len(self._threads)

    def __iter__(self) -> Iterator[T | None]:
        for thread in self._threads:
            thread.start()
        while self._waits():
            yield self._taken()
        if self._error and not self._is_stopped():
            raise self._error

    def _waits(self) -> bool:
        """Wait a moment for an item; whether there is one, or may yet be."""
        with self._changed:
            self._changed.wait_for(lambda: self._ready or not self._working, IDLE)
            self._stopped = self._stopped or self._is_stopped()
            return bool(self._ready or (self._working and not self._stopped))

    def _taken(self) -> T | None:
        with self._changed:
            if not self._ready:
                return None
            sized = self._ready.popleft()
            self._held -= sized.size
            self._changed.notify_all()
            return sized.item

    def _draw(self) -> None:
        try:
            while (source := self._take_source()) is not None:
                self._drain(source)
        except BaseException as error:  # noqa: BLE001 - raised again where the items are consumed
            with self._changed:
                self._error = self._error or error
                self._stopped = True
        finally:
            with self._changed:
                self._working -= 1
                self._changed.notify_all()

    def _take_source(self) -> Source[Sized[T]] | None:
        with self._changed:
            return self._sources.popleft() if self._sources and not self._stopped else None

    def _drain(self, source: Source[Sized[T]]) -> None:
        items = source()
        with closing(items):
            for sized in items:
                if not self._put(sized):
                    return

    def _put(self, sized: Sized[T]) -> bool:
        """Whether there was anybody to take it."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._stopped or not self._held or self._held + sized.size <= self._budget
            )
            if self._stopped:
                return False
            self._held += sized.size
            self._ready.append(sized)
            self._changed.notify_all()
            return True

    def close(self) -> None:
        """Stop drawing, and wait until no source is at work."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        patience = PATIENCE if self._is_stopped() else None
        for thread in self._threads:
            if thread.ident:
                thread.join(patience)
