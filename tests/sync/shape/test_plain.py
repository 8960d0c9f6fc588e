"""Transforms, routes, children and contracts from plain data."""

from __future__ import annotations

import pytest

from airflow_connectors.core import ConfigError
from airflow_connectors.sync.shape import (
    AllOf,
    AnyOf,
    Cast,
    Children,
    Condition,
    Contract,
    Drop,
    Filter,
    Flatten,
    Hash,
    Keep,
    Map,
    Mask,
    Not,
    Rename,
    Route,
    Timestamp,
    children_of,
    contract_of,
    route_of,
    transforms_of,
)

OPEN = Condition("state", "=", "open")


@pytest.mark.parametrize(
    ("plain", "transform"),
    [
        ({"rename": {"old": "new"}}, Rename({"old": "new"})),
        ({"drop": "body"}, Drop("body")),
        ({"drop": ["body", "user.url"]}, Drop("body", "user.url")),
        ({"keep": ["title"]}, Keep("title")),
        ({"cast": {"size": "integer"}}, Cast({"size": "integer"})),
        ({"cast": {"at": {"format": "epoch_ms"}}}, Cast({"at": Timestamp("epoch_ms")})),
        ({"hash": {"fields": "email", "key": "pii"}}, Hash("email", key="pii")),
        (
            {"hash": {"fields": ["a", "b"], "key": "pii", "method": "blake2b", "fold": True}},
            Hash("a", "b", key="pii", method="blake2b", fold=True),
        ),
        ({"mask": "phone"}, Mask("phone")),
        ({"mask": {"fields": ["phone"], "last": 4}}, Mask("phone", last=4)),
        ({"flatten": {}}, Flatten()),
        ({"flatten": None}, Flatten()),
        ({"flatten": {"depth": 2, "separator": "__"}}, Flatten(depth=2, separator="__")),
        ({"filter": ["state", "=", "open"]}, Filter(OPEN)),
        ({"filter": ["state", "is null"]}, Filter(Condition("state", "is null"))),
        ({"filter": {"not": {"any": [["state", "=", "open"]]}}}, Filter(Not(AnyOf(OPEN)))),
        ({"filter": {"all": [["state", "=", "open"]]}}, Filter(AllOf(OPEN))),
        (Drop("body"), Drop("body")),
    ],
)
def test_a_transform_can_be_plain_data(plain, transform):
    assert transforms_of([plain]) == [transform]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"renam": {}}, r"transforms\[1\]: 'renam' is none of rename, drop"),
        ({"rename": {"a": 1}}, r"transforms\[1\]: rename: Expected `str`, got `int`"),
        ({"drop": []}, r"transforms\[1\]: drop: Drop names no field"),
        ({"drop": 5}, r"transforms\[1\]: drop: Expected"),
        ({"cast": {"a": "int"}}, r"transforms\[1\]: cast: Cast\('a'\): 'int' is none of"),
        ({"cast": {"a": {"fromat": "iso"}}}, r"unknown field `fromat`"),
        ({"hash": {"fields": "a"}}, r"missing required field `key`"),
        ({"mask": {"fields": 5}}, r"transforms\[1\]: mask: Expected"),
        ({"filter": "state = open"}, r"transforms\[1\]: filter: 'state = open' is no condition"),
        ({"filter": {"nor": []}}, "is no condition"),
        ({"filter": ["state", "~", "x"]}, r"transforms\[1\]: filter: .*'~' is none of"),
        ({"map": "str.upper"}, r"write Map"),
        ({"drop": "a", "keep": "b"}, r"give one name"),
        ("drop", r"is no transform"),
    ],
)
def test_a_bad_entry_is_named(entry, words):
    with pytest.raises(ConfigError, match=words):
        transforms_of([{"drop": "x"}, entry])


@pytest.mark.parametrize("entries", ["drop", {"drop": "a"}, 5])
def test_what_is_no_list_of_transforms_is_refused(entries):
    with pytest.raises(ConfigError, match="give a list"):
        transforms_of(entries)


def test_functions_and_plain_data_can_be_mixed():
    clean = Map({"title": str.strip})
    assert transforms_of([{"drop": "body"}, clean]) == [Drop("body"), clean]


def test_a_route_can_be_plain_data():
    plain = {"tables": {"open": ["state", "=", "open"]}, "default": "rest"}
    assert route_of(plain) == Route({"open": OPEN}, default="rest")
    assert route_of(route_of(plain)) == route_of(plain)


def test_a_bad_route_is_named():
    with pytest.raises(ConfigError, match="route: tables: open: 'x' is no condition"):
        route_of({"tables": {"open": "x"}})


@pytest.mark.parametrize(
    ("plain", "children"),
    [
        ("labels", Children("labels")),
        (["labels", "assignees"], Children("labels", "assignees")),
        ({"fields": "labels", "depth": 2}, Children("labels", depth=2)),
        (Children("labels"), Children("labels")),
    ],
)
def test_children_can_be_plain_data(plain, children):
    assert children_of(plain) == children


def test_bad_children_are_named():
    with pytest.raises(ConfigError, match=r"children: Expected `int`, got `str` - at `\$.depth`"):
        children_of({"fields": "labels", "depth": "two"})


@pytest.mark.parametrize(
    ("plain", "contract"),
    [
        ("freeze", Contract("freeze", "freeze")),
        ({"types": "quarantine"}, Contract(types="quarantine")),
        (Contract(), Contract()),
    ],
)
def test_a_contract_can_be_plain_data(plain, contract):
    assert contract_of(plain) == contract


def test_a_bad_contract_is_named():
    with pytest.raises(ConfigError, match="contract: Contract: columns='discard' is none of evolve"):
        contract_of("discard")
