"""What a world is told when it has to make up a record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Draft:
    """
    A record about to be made: the `number`th of its stream and partition, created `at` that moment.

    `random` gives the same answers for the same seed, `end` is when the world's prepared history ends.
    """

    number: int
    at: datetime
    end: datetime
    partition: str
    random: Random

    def later(self) -> datetime:
        """A moment between creation and the history's end, on the hour, so that some records share it."""
        span = max(self.end - self.at, timedelta())
        moment = self.at + span * self.random.random()
        return max(moment - timedelta(seconds=moment.timestamp() % HOUR.total_seconds()), self.at)


def moment_of(number: int, size: int, begin: datetime, end: datetime) -> datetime:
    """When the `number`th of `size` records was created; every seventh together with the one before."""
    together = number - (number % 7 == 0)
    return (begin + (end - begin) * together / (size + 1)).replace(microsecond=0)
