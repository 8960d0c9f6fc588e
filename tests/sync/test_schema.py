"""Columns follow the records: typed, widened, named, and never losing a value."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from airflow_connectors.sync import Destination, DestinationError, Options, Sync, TooManyRejects

from .api import Api, stream, thing
from .conftest import Table


def sync(destination, *records, options=Options()):  # noqa: B008 - a frozen value
    return Sync(destination, "c", Api(list(records)).client).run(stream(deletes=False), options=options)


def value(table: Table, number: int, column: str):
    return table.by_id()[number][column]


def text(found) -> str:
    """A JSON column's content, which drivers give decoded or not."""
    return json.dumps(json.loads(found) if isinstance(found, str) else found)


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (1, 2.5, {"1", "1.0"}),  # where numbers with and without a fraction share a DOUBLE
        (1, "two", {"1"}),
        (2.5, "two", {"2.5"}),
        (1, 2**70, {"1"}),
        (True, "yes", {"1", "true"}),  # as SQLite and PostgreSQL spell it
        ("2026-01-01T00:00:00Z", "soon", {"2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000000Z"}),
    ],
)
def test_a_column_widens_in_place_and_keeps_what_it_had(destination, table, first, second, kept):
    sync(destination, thing(1, field=first))
    sync(destination, thing(2, field=second))
    assert str(value(table, 1, "field")) in kept
    assert str(value(table, 2, "field")) == str(second)


def test_a_scalar_column_becomes_json_when_objects_come(destination, table):
    sync(destination, thing(1, field="plain"))
    sync(destination, thing(2, field={"deep": [1, None, "é"]}))
    assert text(value(table, 2, "field")) == text({"deep": [1, None, "é"]})
    assert "plain" in str(value(table, 1, "field"))


def test_widening_within_one_page_and_between_pages_of_one_commit(destination, table):
    records = [thing(n, field=n) for n in range(15)] + [thing(n, field={"n": n}) for n in range(15, 30)]
    sync(destination, *records)
    assert len(table.by_id()) == 30
    assert text(value(table, 20, "field")) == text({"n": 20})


def test_a_new_field_becomes_a_new_column(destination, table):
    sync(destination, thing(1))
    sync(destination, thing(2, colour="red"))
    assert (value(table, 1, "colour"), value(table, 2, "colour")) == (None, "red")


def test_a_field_that_is_always_null_becomes_no_column(destination, table):
    sync(destination, thing(1, nothing=None))
    assert "nothing" not in table.by_id()[1]


def test_a_field_that_went_away_becomes_null(destination, table):
    sync(destination, thing(1, colour="red"))
    sync(destination, thing(1, name="x"))
    assert value(table, 1, "colour") is None


def test_names_are_folded_and_ours_are_kept_apart(destination, table):
    sync(destination, thing(1, accountId="a", **{"Due Date": "d", "_row_hash": "h", "x" * 80: "long"}))
    row = table.by_id()[1]
    assert (row["account_id"], row["due_date"], row["_row_hash_"]) == ("a", "d", "h")
    assert max(map(len, row)) <= 63


def test_fields_that_fold_alike_are_both_kept(destination, table):
    sync(destination, thing(1, dueDate="camel", due_date="snake"))
    row = table.by_id()[1]
    assert row["due_date"] == "snake"
    assert "camel" in row.values()


def test_moments_are_typed_where_the_database_has_the_type(destination, table):
    sync(destination, thing(1, at="2026-03-29T01:30:00+02:00"))
    at = value(table, 1, "at")
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    at = at if at.tzinfo else at.replace(tzinfo=UTC)  # MySQL's type has no zone
    assert at == datetime.fromisoformat("2026-03-29T01:30:00+02:00")


def test_text_that_only_resembles_a_moment_stays_text(destination, table):
    sync(destination, thing(1, at="2026-02-31T00:00:00Z"))
    assert value(table, 1, "at") == "2026-02-31T00:00:00Z"


def test_hostile_names_and_values_are_quoted(destination, table):
    name = 'x"; DROP TABLE things; --'
    sync(destination, thing(1, **{name: "'; DROP TABLE things; --"}))
    assert "'; DROP TABLE things; --" in table.by_id()[1].values()


def test_a_value_the_database_cannot_hold_is_set_aside_alone(destination, table):
    records = [thing(n, note="fine" if n != 3 else "nul \x00 inside") for n in range(6)]
    summary = sync(destination, *records, options=Options(max_rejects=1))
    assert summary.new + summary.rejected == 6
    if destination.url.get_backend_name() == "postgresql":  # the others hold NUL
        (reject,) = Table(destination, "_sync_rejects").rows()
        assert "nul" in reject["raw"]
        assert sorted(table.by_id()) == [0, 1, 2, 4, 5]


def test_a_value_the_database_cannot_hold_fails_a_run_that_allows_none(destination):
    if destination.url.get_backend_name() != "postgresql":
        assert sync(destination, thing(1, note="nul \x00 inside")).new == 1
        return
    with pytest.raises(TooManyRejects, match="1 bad records, 0 allowed"):
        sync(destination, thing(1, note="nul \x00 inside"))
    assert len(Table(destination, "_sync_rejects").rows()) == 1


@pytest.mark.parametrize("schema", ["", 'a"b', "x" * 64, "line\nbreak"])
def test_a_schema_that_cannot_be_is_refused_before_anything_is_read(url, schema):
    with pytest.raises(DestinationError, match="schema"):
        Destination(url, schema)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("no url at all", "SQLAlchemy"),
        ("oracle://h/d", "not among the destinations"),
        ("http://example.invalid", "not among the destinations"),
    ],
)
def test_what_is_not_a_sql_destination_is_named(url, words):
    with pytest.raises(DestinationError, match=words):
        Destination(url, "s")


@pytest.mark.parametrize("url", ["user:hunter2@127.0.0.1:1/none", "127.0.0.1:1/none?password=hunter2"])
def test_a_destination_that_is_not_there_is_named_without_its_password(url):
    destination = Destination(f"postgresql://{url}", "s")
    with pytest.raises(DestinationError, match="cannot connect") as caught, destination.connect():
        pass
    assert "hunter2" not in str(caught.value)
