"""What is read back equals what the service gave."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from airflow_connectors.sync.kinds import Kind
from tests.sync.api import Api, thing

from .conftest import SNAPSHOT, Lake, bare

HARD = {
    "text": 'line\nbreak, "quotes", \\ and \t tab',
    "unicode": "Ünïcode 𝄞 \u2028 مرحبا",
    "empty": "",
    "yes": True,
    "no": False,
    "whole": -(2**63) + 1,
    "fraction": 0.1 + 0.2,
    "tiny": 5e-324,
    "nested": {"list": [1, None, {"deep": "ä\n"}], "number": 1.5},
    "list": [],
    "absent": None,
}


def read_back(lake) -> list[dict]:
    return [bare(record) for record in lake.table().records()]


def test_hard_values_are_read_back_equal(lake):
    lake.sync(Api([thing(0, **HARD)]), SNAPSHOT)
    (record,) = read_back(lake)
    assert {name: record.get(name) for name in HARD} == HARD
    assert record["updated_at"] == datetime(2026, 1, 1, tzinfo=UTC)


def test_moments_are_read_back_equal_to_the_microsecond(lake):
    moments = ["2026-01-31T23:59:59.123456+05:30", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"]
    lake.sync(Api([thing(number, at=text) for number, text in enumerate(moments)]), SNAPSHOT)
    assert [record["at"] for record in read_back(lake)] == list(map(datetime.fromisoformat, moments))


def test_integers_that_no_database_holds_are_texts_without_loss(lake):
    lake.sync(Api([thing(0, big=2**100)]), SNAPSHOT)
    assert [record["big"] for record in read_back(lake)] == [str(2**100)]


def test_whole_numbers_and_fractions_in_one_column_keep_every_digit(lake):
    values = [2**63 - 1, 0.1, -5, 1e-18, None]
    lake.sync(Api([thing(number, value=value) for number, value in enumerate(values)]), SNAPSHOT)
    found = [record["value"] for record in read_back(lake)]
    assert [value and Decimal(str(value)) for value in found] == [v and Decimal(str(v)) for v in values]
    assert lake.table().schema["value"] is Kind.NUMERIC


def test_mixed_numbers_that_no_decimal_holds_are_texts_without_loss(lake):
    lake.sync(Api([thing(0, value=1e300), thing(1, value=7)]), SNAPSHOT)
    assert [float(record["value"]) for record in read_back(lake)] == [1e300, 7.0]


def test_fields_that_fold_alike_keep_their_columns_from_run_to_run(lake):
    api = Api([thing(0, userId=1)])
    lake.sync(api)
    api.records += [thing(number, userId=number, user_id="x") for number in (1, 2)]
    lake.sync(api)
    assert {record["id"]: record["user_id"] for record in read_back(lake)} == {0: 1, 1: 1, 2: 2}


CHANGES = {
    "whole number to fraction": ([1], [1.5], [1, 1.5]),
    "number to text": ([1], ["one"], ["1", "one"]),
    "fraction to text": ([0.1], ["a tenth"], ["0.1", "a tenth"]),
    "boolean to text": ([True], ["maybe"], ["true", "maybe"]),
    "moment to text": (["2026-01-31T12:00:00Z"], ["soon"], ["2026-01-31T12:00:00Z", "soon"]),
    "number to nested": ([1], [{"amount": 1}], [1, {"amount": 1}]),
    "text to nested": (["a"], [["a", "b"]], ["a", ["a", "b"]]),
    "moment to nested": (["2026-01-31T12:00:00Z"], [{"at": 1}], ["2026-01-31T12:00:00Z", {"at": 1}]),
    "null to number": ([None], [5], [None, 5]),
    "text to number": (["one"], [5], ["one", "5"]),
}


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES.values(), ids=CHANGES)
def test_a_type_that_changes_between_files_widens(lake, before, after, expected):
    api = Api([thing(0, value=before[0])])
    lake.sync(api)
    api.records += [thing(1, value=after[0])]
    lake.sync(api)
    assert [record["value"] for record in read_back(lake)] == expected


def test_a_column_that_appears_later_is_null_before(lake):
    api = Api([thing(0)])
    lake.sync(api)
    api.records += [thing(1, fresh="x")]
    lake.sync(api)
    assert {record["id"]: record["fresh"] for record in read_back(lake)} == {0: None, 1: "x"}


def test_arrow_batches_hold_the_same_rows(lake):
    lake.sync(Api([thing(number, **HARD) for number in range(25)]), SNAPSHOT)
    table = lake.table().batches().read_all()
    assert table.schema.field("updated_at").type == pa.timestamp("us", tz="UTC")
    rows = [{**row, "nested": json.loads(row["nested"])} for row in table.to_pylist()]
    assert [row["nested"] for row in rows] == [HARD["nested"]] * 25
    assert [row["id"] for row in rows] == lake.versions()


@pytest.fixture
def parquet(root):
    """A table in Parquet whose types changed in the middle."""
    lake = Lake(root, "parquet")
    api = Api([thing(number, size=number, nested={"a": number}) for number in range(15)])
    lake.sync(api)
    api.records += [thing(number, size="large", nested=None, fresh=0.5) for number in range(15, 30)]
    lake.sync(api)
    return lake


def test_arrows_own_dataset_reads_the_manifested_files(parquet):
    table = parquet.table().dataset().to_table()
    assert table.column("id").to_pylist() == list(range(30))
    assert table.column("size").to_pylist() == [*map(str, range(15)), *["large"] * 15]
    assert table.column("fresh").to_pylist() == [None] * 15 + [0.5] * 15


def test_duckdb_reads_batches_and_paths(parquet):
    batches = duckdb.from_arrow(parquet.table().batches())
    assert batches.aggregate("count(DISTINCT id), sum(fresh)").fetchall() == [(30, 7.5)]
    if "memory" not in str(parquet.root):
        found = duckdb.read_parquet(parquet.table().paths, union_by_name=True)
        assert found.aggregate("count(DISTINCT id)").fetchall() == [(30,)]


def test_json_has_its_logical_type_in_parquet(parquet):
    path = parquet.root / parquet.table().files[0].name
    with path.open("rb") as file:
        assert str(pq.read_schema(file).field("nested").type) == "extension<arrow.json>"
