"""Random worlds: records come, change and go, runs end anywhere, and the files show the source."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_connectors.core import ConnectorError
from airflow_connectors.sync.files import FileSync
from tests.sync.api import Api, broken_at, thing

from .conftest import EVERY_PAGE, INCREMENTAL, Lake
from .mortal import Ended, mortal

LONG = st.integers(0, 60)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("change"), st.lists(st.integers(0, 40), min_size=1, max_size=30)),
        st.tuples(st.just("remove"), st.integers(0, 40)),
        st.tuples(st.just("end at a write"), LONG),
        st.tuples(st.just("fail at a request"), st.integers(1, 5)),
        st.tuples(st.just("refresh, ending at a write"), LONG),
        st.tuples(st.just("refresh"), st.none()),
    ),
    max_size=12,
)
REFRESH = replace(EVERY_PAGE, full_refresh=True, allow_shrink=True)


class World:
    """A source, and a folder that it is synced into by runs that may not come to their end."""

    def __init__(self, root: Path) -> None:
        self.root, self.api, self.clock = root, Api([]), 0
        self.removed: set[int] = set()

    def change(self, keys: list[int]) -> None:
        """These records are changed one after the other, or are new."""
        for key in keys:
            self.clock += 1
            self.removed.discard(key)
            others = [record for record in self.api.records if record["id"] != key]
            self.api.records = [
                *others,
                thing(key, name=f"at {self.clock}", updated_at=f"{minute(self.clock)}"),
            ]

    def remove(self, key: int) -> None:
        self.api.records = [record for record in self.api.records if record["id"] != key]
        self.removed.add(key)

    def run(self, options=EVERY_PAGE, *, last: int = -1) -> None:
        path = mortal(last, "file")(self.root)
        try:
            FileSync(path, "jsonl", "c", self.api.client).run(INCREMENTAL, options=options)
        except (Ended, ConnectorError):
            pass
        finally:
            self.api.asked.clear()

    def step(self, kind: str, value) -> None:
        if kind in ("change", "remove"):
            getattr(self, kind)(value)
        elif kind == "fail at a request":
            self.api.before = broken_at(value)
            self.run()
            self.api.before = lambda _number: None
        else:
            self.run(REFRESH if "refresh" in kind else EVERY_PAGE, last=-1 if value is None else value)


def minute(number: int) -> str:
    return f"2026-01-01T{number // 60:02}:{number % 60:02}:00Z"


@given(steps=STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_last_versions_are_the_source_whatever_happened(steps):
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        for kind, value in steps:
            world.step(kind, value)
        world.run()
        found = {record["id"]: record["name"] for record in Lake(world.root, "jsonl").table().latest()}
        source = {record["id"]: record["name"] for record in world.api.records}
        assert {key: name for key, name in found.items() if key not in world.removed} == source
        world.run(REFRESH)
        found = [(record["id"], record["name"]) for record in Lake(world.root, "jsonl").table().records()]
        assert sorted(found) == sorted(source.items())
