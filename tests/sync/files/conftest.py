"""Every test of files runs on a local folder and in a store of objects, and on each format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from upath import UPath

from airflow_connectors.core import Stream
from airflow_connectors.sync import Options, Summary
from airflow_connectors.sync.files import FileSync, Manifested
from tests.sync.api import OLDEST_FIRST, Api, stream

INCREMENTAL = stream(cursor=OLDEST_FIRST)
SNAPSHOT = stream()
EVERY_PAGE = Options(commit_bytes=1)


@pytest.fixture(params=["path", "objects"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    if request.param == "path":
        yield tmp_path / "lake"
        return
    place = UPath(f"memory://bucket/{uuid4().hex}")
    yield place
    place.fs.rm(place.path, recursive=True) if place.exists() else None


class Lake:
    """A root, synced into and read back."""

    def __init__(self, root: Any, format_: str) -> None:
        self.root, self.format = root, format_

    def sync(
        self,
        api: Api,
        declared: Stream = INCREMENTAL,
        options: Options = EVERY_PAGE,
        partitions: Any = (None,),
    ) -> Summary:
        return FileSync(self.root, self.format, "c", api.client).run(declared, partitions, options)

    def table(self, name: str = "things") -> Manifested:
        return Manifested(self.root, "c", name)

    def by_id(self) -> dict[Any, dict[str, Any]]:
        """The last version of each record."""
        found = list(self.table().latest())
        assert len({record["id"] for record in found}) == len(found), "a key occurs twice"
        return {record["id"]: record for record in found}

    def versions(self) -> list[Any]:
        """The keys of all rows, in their order."""
        return [record["id"] for record in self.table().records()]

    def names(self, below: str = "things") -> list[str]:
        """The files that are there, whether listed or not."""
        return sorted(
            path.name for path in (self.root / below).rglob("*") if "." in path.name and path.is_file()
        )


@pytest.fixture(params=["parquet", "jsonl", "jsonl.gz"])
def lake(root: Any, request: pytest.FixtureRequest) -> Lake:
    return Lake(root, request.param)


def bare(record: dict[str, Any]) -> dict[str, Any]:
    """A record without our marks."""
    return {name: value for name, value in record.items() if name not in ("_seq", "_row_hash", "_deleted_at")}
