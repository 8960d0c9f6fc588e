"""Names of columns: possible everywhere, and each belonging to one field for good."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from unicodedata import is_normalized

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_connectors.sync.names import RESERVED, WIDENING, columns_of, digest, fitted, folded

HOSTILE = ['x"; DROP TABLE t; --', "a'b", "a`b", "a]b", "a\0b", "a\nb", "$1", ":name", "%s", "?", "a\\b"]
ODD = [
    "",
    " ",
    "_",
    "__",
    "🎉",
    "💥",
    "+1",
    "-1",
    "1st",
    "²",
    "user id",
    "UserID",
    "userId",
    "user_id",
    "USER_ID",
]
FOREIGN = [
    "é",
    "e\u0301",
    "É",
    "e",
    "ß",
    "ẞ",
    "ss",
    "İ",
    "नाम",
    "नम",
    "日本",
    "ΑΣ",
    "ας",
    "K",
    "\U0001d49c",
    "\ud800",
]
LONG = ["a" * 63, "a" * 64, "a" * 200, "é" * 40, "日" * 30, f"{'a' * 62}é"]
NAMES = st.one_of(
    st.text(max_size=80), st.sampled_from([*HOSTILE, *ODD, *FOREIGN, *LONG, *sorted(RESERVED), "_widening_x"])
)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("accountId", "account_id"),
        ("Due Date", "due_date"),
        ("HTTPServer", "http_server"),
        ("order", "order"),
        ("1st", "_1st"),
        ("+1", "_1"),
        ("_id", "_id"),
        ("_", "_"),
        ("_row_hash", "_row_hash_"),
        ("_RAW", "_raw_"),
        ("xmin", "xmin_"),
        ("DB_ROW_ID", "db_row_id_"),
        ("_widening_a", "__widening_a"),
        ("e\u0301t\u00e9", "été"),
        ("नाम", "नाम"),
        ("\U0001d49cb", "_b"),
    ],
)
def test_a_name_is_folded(name, column):
    assert folded(name) == column


@pytest.mark.parametrize("name", ["", "🎉", "---"])
def test_a_name_of_which_nothing_is_left_is_told_from_others(name):
    assert folded(name) == f"_{digest(name)}"


@given(NAMES)
def test_a_column_fits_every_database(name):
    column = folded(name)
    assert 0 < len(column.encode()) <= 63
    assert column == column.lower()
    assert is_normalized("NFC", column)
    assert column not in RESERVED
    assert not column.startswith(WIDENING)
    assert not column[0].isdigit()
    assert not set(column) & set(" \"'`[];:%?$\\\0\n-")
    assert max(column) <= "\uffff"


@given(NAMES)
def test_a_folded_name_folds_to_itself(name):
    assert folded(folded(name)) == folded(name)


@given(st.lists(NAMES))
def test_every_field_has_a_column_and_no_two_the_same(names):
    columns = columns_of(names)
    assert sorted(columns.values()) == sorted(set(names))
    assert len({column.casefold() for column in columns}) == len(columns)
    assert all(len(column.encode()) <= 63 for column in columns)


@given(st.lists(NAMES, unique=True), st.randoms())
def test_the_order_in_which_fields_come_does_not_matter(names, random):
    shuffled = random.sample(names, len(names))
    assert columns_of(names) == columns_of(shuffled)


@given(st.lists(st.lists(NAMES, max_size=6), max_size=6))
def test_a_column_once_given_stays_with_its_field_whatever_comes_later(batches):
    remembered: dict[str, str] = {}
    for names in batches:
        found = columns_of(names, remembered)
        assert all(remembered.get(column, name) == name for column, name in found.items())
        fields = {name: column for column, name in remembered.items()}
        assert all(fields.get(name, column) == column for column, name in found.items())
        remembered |= found
    assert len(set(remembered.values())) == len(remembered)


def test_a_field_seen_first_keeps_its_column_when_a_plainer_one_comes():
    first = columns_of(["userId"])
    assert first == {"user_id": "userId"}
    second = columns_of(["user_id", "userId"], first)
    assert second == {"user_id": "userId", f"user_id_{digest('user_id')}": "user_id"}


def test_of_fields_that_come_together_the_plainest_gets_the_name():
    assert columns_of(["userId", "user_id"])["user_id"] == "user_id"


def test_a_column_of_a_field_that_is_not_there_now_is_not_given_away():
    assert columns_of(["user_id"], {"user_id": "userId"}) == {f"user_id_{digest('user_id')}": "user_id"}


def test_a_column_of_ours_is_told_from_a_field_of_that_name():
    assert columns_of(["_raw"]) == {"_raw_": "_raw"}
    assert columns_of(["_raw"], {"_raw": "_raw"}) == {"_raw": "_raw"}


def test_columns_come_in_the_order_of_their_fields():
    assert list(columns_of(["Zeta", "alpha", "userId"]).values()) == ["Zeta", "alpha", "userId"]


def test_names_that_mysql_takes_for_one_are_kept_apart():
    assert set(columns_of(["cafe", "café"])) == {"cafe", f"café_{digest('café')}"}


def test_a_field_that_is_called_as_the_column_of_another_does_not_take_it():
    names = ["userId", "user_id", f"user_id_{digest('userId')}"]
    assert len(columns_of(names)) == 3


@given(st.text(min_size=1, max_size=200))
def test_a_long_name_is_cut_at_a_character_and_told_from_others(name):
    short = fitted(name)
    assert len(short.encode()) <= 63
    assert short == name or short.endswith(f"_{digest(name)}")


def created(conn, table):
    table.create(conn)
    conn.execute(table.insert().values(dict.fromkeys(table.columns.keys(), "x")))
    return [column["name"] for column in sa.inspect(conn).get_columns(table.name, schema=table.schema)]


def test_every_database_takes_every_column(destination):
    names = [*HOSTILE, *ODD, *FOREIGN, *LONG, *sorted(RESERVED), "order", "select", "user", "group", "rowid"]
    columns = list(columns_of(names))
    table = destination.table("folded", *(sa.Column(name, sa.Text) for name in columns))
    with destination.connect() as conn, conn.begin():
        assert created(conn, table) == columns


@settings(max_examples=50)
@given(st.lists(NAMES, min_size=1, max_size=30))
def test_sqlite_takes_the_columns_of_any_fields(names):
    columns = columns_of(names)
    spelled = ", ".join(f'"{column}" TEXT' for column in columns)
    with closing(sqlite3.connect(":memory:")) as conn:
        conn.execute(f"CREATE TABLE t ({spelled})")
        assert [column[0] for column in conn.execute("SELECT * FROM t").description] == list(columns)
