"""What may change in a table's columns, and what becomes of records that would change more."""

from __future__ import annotations

import json

import pytest

from airflow_connectors.core import ConfigError
from airflow_connectors.sync.kinds import Kind
from airflow_connectors.sync.shape import Contract, ContractViolation, Rename, compiled

KNOWN = {"id": Kind.INTEGER, "due_date": Kind.TIMESTAMP, "price": Kind.FLOAT, "note": Kind.TEXT}
NAMES = {"id": "id", "dueDate": "due_date", "price": "price", "note": "note", "colour": "colour"}
GOOD = {"id": 1, "dueDate": "2026-01-31T12:00:00Z", "price": 1.5, "note": "fine"}
FREEZE = Contract(columns="freeze", types="freeze")
QUARANTINE = Contract(columns="quarantine", types="quarantine")


def held(contract, *records, known=KNOWN):
    return contract.held("issues", known, NAMES, records)


def ids(found):
    refused = sorted(refused.record["id"] for refused in found.refused)
    return [record["id"] for record in found.records], refused


@pytest.mark.parametrize("contract", [Contract(), FREEZE, QUARANTINE])
def test_records_as_before_keep_to_any_contract(contract):
    assert held(contract, GOOD, {"id": 2, "colour": None}).records == (GOOD, {"id": 2, "colour": None})


def test_columns_may_come_and_types_widen_unless_it_is_said_otherwise():
    records = ({**GOOD, "colour": "red"}, {**GOOD, "id": "two"})
    assert held(Contract(), *records).records == records


@pytest.mark.parametrize("contract", [FREEZE, QUARANTINE])
def test_the_first_run_of_a_table_sets_the_columns(contract):
    assert held(contract, {**GOOD, "colour": "red"}, known={}).refused == []


def test_a_frozen_table_fails_the_run_and_says_what_is_new_and_what_to_do():
    with pytest.raises(ContractViolation) as caught:
        held(FREEZE, GOOD, {**GOOD, "id": 2, "colour": "red"})
    for words in ("issues: the column 'colour' is new: text", "1 of 2 records", '"id":2', "Drop('colour')"):
        assert words in str(caught.value)


def test_a_frozen_type_fails_the_run_and_says_what_it_was_and_is():
    with pytest.raises(ContractViolation) as caught:
        held(FREEZE, {**GOOD, "dueDate": "soon"})
    for words in ("'due_date' (field 'dueDate') is timestamp and would have to hold text", "types='evolve'"):
        assert words in str(caught.value)


def test_a_record_that_would_change_the_table_is_set_aside_alone():
    found = held(
        QUARANTINE,
        GOOD,
        {**GOOD, "id": 2, "colour": "red"},
        {**GOOD, "id": 3, "dueDate": "soon"},
        {**GOOD, "id": 4},
    )
    assert ids(found) == ([1, 4], [2, 3])


def test_columns_and_types_have_rules_of_their_own():
    contract = Contract(columns="quarantine")
    assert ids(held(contract, {**GOOD, "dueDate": "soon"}, {**GOOD, "id": 2, "colour": "red"})) == ([1], [2])


def test_what_is_frozen_fails_the_run_whatever_else_is_wrong_with_the_record():
    contract = Contract(columns="quarantine", types="freeze")
    with pytest.raises(ContractViolation):
        held(contract, {**GOOD, "colour": "red", "dueDate": "soon"})


def test_a_whole_number_goes_into_a_column_of_fractions_as_one():
    found = held(FREEZE, {**GOOD, "price": 2})
    assert found.records == [{**GOOD, "price": 2.0}]
    assert type(found.records[0]["price"]) is float


def test_a_whole_number_that_a_float_would_round_is_set_aside():
    assert ids(held(QUARANTINE, {**GOOD, "price": 2**53 + 1})) == ([], [1])


def test_a_text_column_takes_anything_but_objects():
    assert ids(held(QUARANTINE, {**GOOD, "note": 5}, {**GOOD, "id": 2, "note": {}})) == ([1], [2])


def test_a_look_at_the_columns_tells_whether_a_look_at_the_records_is_due():
    new = {**KNOWN, "colour": Kind.TEXT}
    assert not FREEZE.broken_by(KNOWN, KNOWN)
    assert not FREEZE.broken_by({}, new)
    assert not Contract().broken_by(KNOWN, new)
    assert FREEZE.broken_by(KNOWN, new)
    assert Contract(types="quarantine").broken_by(KNOWN, {"note": Kind.JSON})


def test_what_is_set_aside_is_in_its_raw_form():
    shaped = compiled([Rename({"color": "colour"})])([{"id": 1, "color": "red"}])
    found = QUARANTINE.held("issues", KNOWN, NAMES, shaped.records)
    (reject,) = shaped.rejects_of(found.refused)
    assert json.loads(reject.raw) == {"id": 1, "color": "red"}


def test_an_unknown_rule_is_refused():
    with pytest.raises(ConfigError, match="none of evolve, freeze, quarantine"):
        Contract(columns="discard")
