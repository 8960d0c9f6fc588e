"""When runs die: half of them at any instant, half around the next commit in turn."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from .victim import Fate, When

WAYS = (When.BEFORE, When.DURING, When.AFTER)


@dataclass
class Schedule:
    """
    Goes on from round to round, so that every commit of a run gets its turn, in every way.

    `usual` is how many seconds a run takes, as far as is known.
    """

    random: random.Random
    number: int = 1
    way: int = 0
    usual: float = 0.4
    dead: dict[int, set[When]] = field(default_factory=dict)

    def next(self) -> Fate:
        if self.random.random() < 0.5:
            return Fate(When.INSTANT, seconds=self.random.uniform(0, 1.2 * self.usual))
        return Fate(WAYS[self.way], self.number)

    def perhaps(self) -> Fate:
        """For two at once: one may outlive the other, and find out."""
        return self.next() if self.random.random() < 0.5 else Fate()

    def pause(self) -> float:
        """Some time within a run."""
        return self.random.uniform(0, self.usual)

    def killed(self, fate: Fate) -> None:
        if fate == Fate(WAYS[self.way], self.number):
            self.dead.setdefault(fate.number, set()).add(fate.when)
            self.way = (self.way + 1) % len(WAYS)
            self.number += self.way == 0

    def survived(self, fate: Fate, seconds: float | None) -> None:
        """It had fewer commits than that: begin with the first again."""
        if fate == Fate(WAYS[self.way], self.number):
            self.number, self.way = 1, 0
        if seconds is not None:
            self.usual = 0.7 * self.usual + 0.3 * seconds
