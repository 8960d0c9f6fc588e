"""What a transaction promises while tables are made and altered, on every destination."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa

from airflow_connectors.sync import Destination, DestinationError, Write
from airflow_connectors.sync.dialects import duckdb_engine
from airflow_connectors.sync.kinds import Kind
from airflow_connectors.sync.ledger import Key, Ledger
from airflow_connectors.sync.names import WIDENING
from airflow_connectors.sync.write import Written

from .staging import Warehouse

KEY = Key("c", "things")
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


class Crash(Exception):
    pass


def widened(destination, table, before, after, *rows, keys=("id",)):
    """The table after rows for columns of some kinds, and then of others."""
    Warehouse(destination, keys=keys, kinds=before).write(*rows[:1])
    warehouse = Warehouse(destination, keys=keys, kinds=after)
    assert warehouse.write(*rows[1:]).new == len(rows) - 1
    return table.rows()


@pytest.mark.parametrize(
    ("before", "after", "one", "other"),
    [
        (Kind.INTEGER, Kind.TEXT, 7, "007"),
        (Kind.TIMESTAMP, Kind.TEXT, MOMENT, "7"),
        (Kind.INTEGER, Kind.NUMERIC, 7, 7.5),
    ],
)
def test_a_key_widens_and_stays_one(destination, table, before, after, one, other):
    rows = widened(destination, table, {"id": before}, {"id": after}, (one, 1), (other, 2))
    assert len(rows) == 2
    warehouse = Warehouse(destination, kinds={"id": after})
    same = warehouse.destination.dialect.kind(sa.Text()) if after is Kind.TEXT else None
    assert warehouse.write((str(one) if same and before is Kind.INTEGER else other, 3)).new == 0


@pytest.mark.parametrize("how", [Write.MERGE, Write.SCD2, Write.APPEND])
def test_columns_are_added_and_widened_at_once_under_every_disposition(destination, table, how):
    Warehouse(destination, how, kinds={"id": Kind.TEXT, "one": Kind.INTEGER, "two": Kind.BOOLEAN}).write(
        ("a", 1, True, 1)
    )
    kinds = {"id": Kind.TEXT, "one": Kind.JSON, "two": Kind.TEXT, "three": Kind.FLOAT}
    Warehouse(destination, how, kinds=kinds).write(("b", b"{}", "x", 0.5, 2))
    first, second = sorted(table.rows(), key=lambda row: row["id"])
    assert (str(first["one"]), first["three"]) == ("1", None)
    assert (second["two"], second["three"]) == ("x", 0.5)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Kind.FLOAT, 0.1 + 0.2, {"0.30000000000000004"}),
        (Kind.INTEGER, -(2**62), {str(-(2**62))}),
        (Kind.TIMESTAMP, MOMENT.replace(microsecond=7), {"2026-01-01T00:00:00.000007Z"}),
        (Kind.BOOLEAN, True, {"1", "true"}),
    ],
)
def test_what_becomes_text_keeps_every_digit(destination, table, kind, value, text):
    kinds = [{"id": Kind.INTEGER, "value": one} for one in (kind, Kind.TEXT)]
    rows = widened(destination, table, *kinds, (1, value, 1), (2, "x", 2))
    assert next(row["value"] for row in rows if row["id"] == 1) in text


@pytest.mark.parametrize(
    ("kind", "value", "json"),
    [
        (Kind.TEXT, 'a "b"', {'"a \\"b\\""', 'a "b"'}),  # text, or as the driver decodes it
        (Kind.BOOLEAN, False, {"false", "False"}),
        (Kind.FLOAT, 2.5, {"2.5"}),
        (Kind.TIMESTAMP, MOMENT, {'"2026-01-01T00:00:00.000000Z"', "2026-01-01T00:00:00.000000Z"}),
    ],
)
def test_what_becomes_json_is_json(destination, table, kind, value, json):
    kinds = [{"id": Kind.INTEGER, "value": one} for one in (kind, Kind.JSON)]
    rows = widened(destination, table, *kinds, (1, value, 1), (2, b"{}", 2))
    assert str(next(row["value"] for row in rows if row["id"] == 1)) in json


def test_whole_numbers_that_a_double_would_round_are_not_widened(destination, table):
    kinds = [{"id": Kind.INTEGER, "value": one} for one in (Kind.INTEGER, Kind.NUMERIC)]
    rows = (1, 2**53 + 1, 1), (2, 0.5, 2)
    if destination.url.get_backend_name() in ("sqlite", "postgresql"):  # they need not round
        assert {row["value"] for row in widened(destination, table, *kinds, *rows)} == {2**53 + 1, 0.5}
        return
    with pytest.raises(DestinationError, match="would round"):
        widened(destination, table, *kinds, *rows)
    assert [row["value"] for row in table.rows()] == [2**53 + 1]


def test_making_and_altering_tables_commits_nothing_of_the_transaction(destination):
    ledger = Ledger(destination)
    other = destination.table("other", sa.Column("id", sa.BigInteger))
    with destination.connect() as conn:
        with conn.begin():
            ledger.create(conn)
        transaction = conn.begin()
        ledger.claim(conn, [KEY])
        destination.dialect.create(conn, other)
        transaction.rollback()
        assert conn.execute(sa.select(ledger.state)).all() == []


def test_a_crash_after_a_table_was_altered_is_as_if_nothing_was(destination, table):
    Warehouse(destination, kinds={"id": Kind.INTEGER, "value": Kind.INTEGER}).write((1, 1, 1))
    wider = Warehouse(destination, kinds={"id": Kind.INTEGER, "value": Kind.TEXT, "new": Kind.JSON})
    with pytest.raises(Crash):
        crash_after(wider, (2, "x", b"{}", 2))
    assert [(row["id"], str(row["value"])) for row in table.rows()] == [(1, "1")]
    assert wider.write((2, "x", b"{}", 2)).new == 1


def crash_after(warehouse, *rows):
    with warehouse.staged(*rows) as (conn, tables):
        warehouse._write(conn, tables, is_unique=True)
        raise Crash


def test_what_a_crash_left_of_widening_is_in_nobodys_way(destination, table):
    kinds = {"id": Kind.INTEGER, "value": Kind.TIMESTAMP}
    Warehouse(destination, kinds=kinds).write((1, MOMENT, 1))
    left = f"{WIDENING}{'0' * 8}"
    with destination.connect() as conn, conn.begin(), destination.dialect.ddl(conn) as own:
        where = own.dialect.identifier_preparer.format_table(destination.table("things"))
        own.exec_driver_sql(f"ALTER TABLE {where} ADD COLUMN {left} INT")
    wider = Warehouse(destination, kinds={**kinds, "value": Kind.TEXT})
    assert wider.write((1, "2026-01-01T00:00:00.000000Z", 2), (2, "x", 3)) == Written(new=1, unchanged=1)
    assert len(table.rows()) == 2


def test_a_staging_table_that_was_left_with_older_columns_is_brought_up_to_date(destination, table):
    narrow = Warehouse(destination, kinds={"id": Kind.INTEGER, "value": Kind.INTEGER})
    with narrow.staged((1, 1, 1), is_durable=True) as (_, tables):
        tables.stage = None  # as an interrupted run leaves it
    wide = Warehouse(destination, kinds={"id": Kind.INTEGER, "value": Kind.TEXT, "more": Kind.BOOLEAN})
    assert wide.write((2, "x", True, 2), is_unique=False) == Written(new=2)
    assert {row["id"]: row["value"] for row in table.rows()} == {1: "1", 2: "x"}


def test_a_claim_waits_for_the_commit_that_is_under_way_and_then_ends_the_run(destination):
    ledger, other = Ledger(destination), Destination(destination.url, destination.schema)
    with destination.connect() as conn, ThreadPoolExecutor(1) as pool:
        with conn.begin():
            ledger.create(conn)
            epoch = ledger.claim(conn, [KEY])[KEY].epoch
        with conn.begin():
            ledger.fence(conn, {KEY: epoch})
            claimed = pool.submit(claim, other)
            with pytest.raises(TimeoutError):
                claimed.result(timeout=0.5)
        assert claimed.result(timeout=30) == epoch + 1
    other.close()


def claim(destination):
    with destination.connect() as conn, conn.begin():
        return Ledger(destination).claim(conn, [KEY])[KEY].epoch


HOLD = "import duckdb, sys, time; held = duckdb.connect(sys.argv[1]); print(flush=True); time.sleep(60)"


def test_a_duckdb_file_that_another_process_has_open_is_said_to_be(tmp_path, monkeypatch):
    monkeypatch.setattr(duckdb_engine, "BUSY_SECONDS", 0.2)
    path = tmp_path / "warehouse.db"
    with subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        with pytest.raises(DestinationError, match="one process at a time"):
            Destination(f"duckdb:///{path}", "s").connect().__enter__()
        holder.kill()


def test_a_run_that_waits_too_long_for_another_in_duckdb_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(duckdb_engine, "BUSY_SECONDS", 0.2)
    first, second = (Destination(f"duckdb:///{tmp_path}/warehouse.db", "s") for _ in range(2))
    with first.connect() as conn:
        with conn.begin(), pytest.raises(DestinationError, match="has been writing"):
            second.connect().__enter__()
        second.connect().__enter__().close()


def test_our_moments_and_those_of_records_sort_together_in_sqlite(tmp_path):
    place = Destination(f"sqlite:///{tmp_path}/w.db", "s")
    warehouse = Warehouse(place, keys=("id",), kinds={"id": Kind.INTEGER, "at": Kind.TIMESTAMP})
    warehouse.write((1, MOMENT, 1))
    with place.connect() as conn:
        (row,) = conn.exec_driver_sql("SELECT at, _synced_at, at < _synced_at FROM s__things").all()
    place.close()
    assert row[0] == "2026-01-01T00:00:00.000000Z"
    assert (row[1][10], row[1][-1], row[2]) == ("T", "Z", 1)


def test_a_schema_that_exists_needs_no_right_to_make_one(postgres_url):
    role = f"r{uuid4().hex[:8]}"
    admin = sa.create_engine(sa.make_url(postgres_url).set(drivername="postgresql+psycopg"))
    with admin.begin() as conn:
        conn.exec_driver_sql(f"CREATE ROLE {role} LOGIN")
        conn.exec_driver_sql(f"CREATE SCHEMA {role} AUTHORIZATION {role}")
        conn.exec_driver_sql(f"REVOKE CREATE ON DATABASE {admin.url.database} FROM PUBLIC")
    place = Destination(admin.url.set(drivername="postgresql", username=role), role)
    with place.connect() as conn:
        conn.exec_driver_sql(f"CREATE TABLE {role}.t ()")
    place.close()
    admin.dispose()
