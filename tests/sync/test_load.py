"""Every value that a column of its kind can have arrives as it was, or is refused with a reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import sqlalchemy as sa

from airflow_connectors.sync import Destination
from airflow_connectors.sync.kinds import LARGEST, Kind

from .staging import Warehouse

EAST = timezone(timedelta(hours=5, minutes=45))
MOMENT = datetime(2026, 3, 29, 1, 30, 59, 999999, EAST)
NASTY = [
    *("", " ", "x ", "NULL", r"\N", "\\", "\\n", 'a "quote"', "it's", "a\tb\nc\rd", ",;|", "%s %(x)s :y ?"),
    *("é", "日本", "😀", "\u2028", "\ufeff", "x" * 100_000),
]
DOUBLE = ("duckdb", "mariadb")  # where whole numbers and others share a DOUBLE


@pytest.fixture
def backend(destination: Destination) -> str:
    return destination.url.get_backend_name()


def loaded(destination, table, kind, *values):
    """The values of a column after a load and a merge."""
    warehouse = Warehouse(destination, keys=("id",), kinds={"id": Kind.INTEGER, "value": kind})
    warehouse.write(*((number, value, number) for number, value in enumerate(values)))
    return [row["value"] for row in sorted(table.rows(), key=lambda row: row["id"])]


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_is_null_in_every_kind(destination, table, kind):
    assert loaded(destination, table, kind, None, None) == [None, None]


def test_truth(destination, table):
    values = [True, False, None]
    assert loaded(destination, table, Kind.BOOLEAN, *values) == values


def test_whole_numbers_of_64_bits(destination, table):
    numbers = [0, -1, 2**53 + 1, LARGEST, -LARGEST]
    assert loaded(destination, table, Kind.INTEGER, *numbers) == numbers


def test_floats_to_the_last_bit(destination, table):
    numbers = [0.1, 0.1 + 0.2, -1e-300, 5e-324, 1.7976931348623157e308, 7, 2.5]
    assert loaded(destination, table, Kind.FLOAT, *numbers) == numbers


def test_infinity_where_the_database_has_it(destination, table, backend):
    if backend == "mariadb":
        with pytest.raises(destination.dialect.value_errors):
            loaded(destination, table, Kind.FLOAT, float("inf"))
        return
    assert loaded(destination, table, Kind.FLOAT, float("inf"), float("-inf")) == [
        float("inf"),
        float("-inf"),
    ]


def test_numbers_whole_and_not_together(destination, table):
    numbers = [1, -2.5, 0.1, 2**53, Decimal("1.25"), 1e22, 1e-7]
    assert [float(found) for found in loaded(destination, table, Kind.NUMERIC, *numbers)] == list(
        map(float, numbers)
    )


def test_a_number_that_a_double_would_round_is_refused_or_kept(destination, table, backend):
    if backend in DOUBLE:
        with pytest.raises(destination.dialect.value_errors, match="would round it"):
            loaded(destination, table, Kind.NUMERIC, 2**53 + 1)
        return
    assert loaded(destination, table, Kind.NUMERIC, 2**53 + 1) == [2**53 + 1]


def test_a_decimal_of_more_digits_than_a_double_is_refused_or_kept(destination, table, backend):
    long = Decimal("0.12345678901234567890123456789")
    if backend != "postgresql":
        with pytest.raises(destination.dialect.value_errors, match="more digits"):
            loaded(destination, table, Kind.NUMERIC, long)
        return
    assert loaded(destination, table, Kind.NUMERIC, long) == [long]


@pytest.mark.parametrize(
    "moment", [MOMENT, datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)]
)
def test_moments_to_the_microsecond_in_any_zone(destination, table, moment):
    (found,) = loaded(destination, table, Kind.TIMESTAMP, moment)
    found = datetime.fromisoformat(found) if isinstance(found, str) else found
    assert (found if found.tzinfo else found.replace(tzinfo=UTC)) == moment


def test_texts_of_all_kinds(destination, table):
    assert loaded(destination, table, Kind.TEXT, *NASTY) == NASTY


def test_json_of_all_kinds(destination, table, backend):
    values = [{"a": [1, None, {"b": text}]} for text in NASTY] + [[], {}, "text", 1.5, 2**70, True]
    encoded = [
        json.dumps(value, ensure_ascii=number % 2 == 0).encode() for number, value in enumerate(values)
    ]
    found = loaded(destination, table, Kind.JSON, *encoded, None)
    decode = (lambda one: one) if backend == "postgresql" else json.loads
    assert [None if one is None else decode(one) for one in found] == [*values, None]


def test_a_json_null_is_a_value(destination):
    warehouse = Warehouse(destination, kinds={"id": Kind.TEXT, "value": Kind.JSON})
    warehouse.write(("a", b"null", 1), ("b", None, 2))
    with warehouse.staged(("c", None, 3)) as (conn, tables):
        query = sa.select(tables.target.c.id).where(tables.target.c.value.is_(None))
        assert conn.execute(query).scalars().all() == ["b"]


@pytest.mark.parametrize(
    ("kind", "value"), [(Kind.TEXT, "a\0b"), (Kind.JSON, rb'"a\u0000b"'), (Kind.TEXT, "\ud800")]
)
def test_a_value_that_the_database_cannot_hold_leaves_the_transaction_whole(destination, table, kind, value):
    warehouse = Warehouse(destination, kinds={"id": Kind.TEXT, "value": kind})
    columns, kinds = ("id", "value", "_row_hash", "_seq"), (Kind.TEXT, kind, Kind.INTEGER, Kind.INTEGER)
    with warehouse.staged(("good", None, 1)) as (conn, tables):
        try:
            with conn.begin_nested():
                tables.dialect.load(conn, tables.staging, columns, kinds, [("bad", value, 2, 2)])
        except tables.dialect.value_errors:
            pass
        assert warehouse._write(conn, tables, is_unique=True).new in (1, 2)
    assert "good" in {row["id"] for row in table.rows()}


def test_a_key_that_has_no_room_is_refused_with_the_limit(destination, backend):
    warehouse = Warehouse(destination, kinds={"id": Kind.TEXT, "value": Kind.TEXT})
    long = "é" * 767
    if backend != "mariadb":
        assert warehouse.write((long, "x", 1)).new == 1
        return
    with pytest.raises(destination.dialect.value_errors, match="holds 766 characters at most"):
        warehouse.write((long, "x", 1))
    assert warehouse.write((long[1:], "x", 1)).new == 1


@pytest.mark.parametrize("schema", ["100% sure", "with `tick`", "sémantique 日本", "x" * 63])
def test_schemas_with_odd_names(url, schema):
    destination = Destination(url, schema)
    warehouse = Warehouse(destination)
    assert warehouse.write(("a", "n", None, 1, 1)).new == 1
    assert warehouse.write(("a", "m", None, 1, 2), is_unique=False).changed == 1
    destination.close()
