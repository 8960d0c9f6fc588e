"""A run that ends at any of its writes costs nothing but time, and doubles nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter

import pytest

from airflow_connectors.sync.files import FileSync
from tests.sync.api import Api, thing, things
from tests.sync.victim import RECORDS

from .conftest import EVERY_PAGE, INCREMENTAL, SNAPSHOT, Lake
from .mortal import Ended, mortal


def ends_at(root, number, protocol, records, declared) -> bool:
    """Whether a run came to its nth write, where it ended."""
    path = mortal(number, protocol)(root)
    try:
        FileSync(path, "jsonl", "c", Api(records).client).run(declared, options=EVERY_PAGE)
    except Ended:
        return True
    return False


@pytest.mark.parametrize("protocol", ["file", "s3"])
@pytest.mark.parametrize("declared", [INCREMENTAL, SNAPSHOT], ids=["incremental", "snapshot"])
def test_after_an_end_at_any_write_the_next_run_leaves_each_row_once(tmp_path, declared, protocol):
    number = 0
    while ends_at(root := tmp_path / str(number), number, protocol, things(RECORDS), declared):
        lake = Lake(root, "jsonl")
        lake.sync(Api(things(RECORDS)), declared)
        assert Counter(lake.versions()) == Counter(range(RECORDS))
        assert set(Counter(unit for unit in units(lake)).values()) == {1}  # under the name it had
        number += 1
    assert number > 20


def test_after_ends_at_every_write_in_turn_each_row_is_there_once(tmp_path):
    ends = 0
    while ends_at(tmp_path, ends, "file", things(RECORDS), INCREMENTAL):
        ends += 1
    assert ends > 10
    assert Counter(Lake(tmp_path, "jsonl").versions()) == Counter(range(RECORDS))


def units(lake: Lake) -> list[tuple[str, str]]:
    """The window and number of each file of rows, listed or not."""
    files = [path for path in (lake.root / "things").rglob("*.jsonl") if path.name[0] != "."]
    return [(path.parent.name, path.name.partition("-")[0]) for path in files]


def test_readers_see_the_old_rows_or_the_new_ones_at_every_end(tmp_path):
    lake, number = Lake(tmp_path, "jsonl"), 0
    lake.sync(Api(things(RECORDS)), SNAPSHOT)
    renewed = [thing(key, name="new") for key in range(RECORDS)]
    old, new = {f"thing {key}" for key in range(RECORDS)}, {"new"}
    while ends_at(tmp_path, number, "file", renewed, SNAPSHOT):
        assert {record["name"] for record in lake.table().records()} in (old, new)
        number += 1
    assert {record["name"] for record in lake.table().records()} == new


@pytest.mark.parametrize("kind", ["incremental", "snapshot"])
def test_a_killed_process_ends_with_exactly_the_source(tmp_path, kind):
    kills = 0
    while run(tmp_path, kind, number=5 + 9 * kills) == -signal.SIGKILL:
        kills += 1
    assert kills > 1
    assert Counter(Lake(tmp_path, "jsonl").versions()) == Counter(range(RECORDS))


def run(root, kind: str, number: int) -> int:
    command = [sys.executable, "-m", "tests.sync.files.victim", str(root), kind, str(number)]
    return subprocess.run(command, check=False).returncode
