"""Where objects live: a repository, its people, and the links that its objects carry."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2s
from random import Random

from airflow_connectors.core import Record

from . import people

SPACING = 10_000_000
REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
ASSOCIATIONS = ("MEMBER", "CONTRIBUTOR", "NONE", "OWNER", "COLLABORATOR")


@dataclass(frozen=True)
class Place:
    """The `number`th repository of a world."""

    api: str
    name: str
    number: int
    staff: tuple[Record, ...]

    @property
    def url(self) -> str:
        return f"{self.api}/repos/{self.name}"

    @property
    def web(self) -> str:
        return f"https://github.com/{self.name}"

    @cached_property
    def repository(self) -> Record:
        return people.repository(self.api, self.name, self.number)

    @cached_property
    def whole_repository(self) -> Record:
        return people.whole_repository(self.repository)

    def id(self, number: int) -> int:
        """An id that no object of that kind has in another repository."""
        return self.number * SPACING + number

    def sha(self, number: int) -> str:
        return blake2s(f"{self.name} {number}".encode(), digest_size=20).hexdigest()

    def someone(self, random: Random) -> Record:
        return random.choice(self.staff)

    def perhaps(self, random: Random) -> Record | None:
        return self.someone(random) if random.random() < 0.4 else None  # noqa: PLR2004 - a share

    def reactions(self, path: str, random: Random) -> Record:
        counts = {name: random.randrange(3) if random.random() < 0.1 else 0 for name in REACTIONS}  # noqa: PLR2004 - a share
        return {"url": f"{self.url}{path}/reactions", "total_count": sum(counts.values()), **counts}
