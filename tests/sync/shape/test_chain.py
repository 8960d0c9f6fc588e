"""Transforms in a row: their order, the primary key, what is kept raw, and what is rejected."""

from __future__ import annotations

import copy
import json

import pytest

from airflow_connectors.core import ConfigError
from airflow_connectors.sync.kinds import Kind
from airflow_connectors.sync.shape import (
    Cast,
    Drop,
    Filter,
    Flatten,
    Hash,
    Keep,
    Map,
    Mask,
    Rename,
    Timestamp,
    compiled,
)

from .things import KEY, issue, shaped


def test_transforms_follow_each_other():
    record = shaped(issue(), Rename({"user": "author"}), Flatten("author"), Drop("labels", "author_site"))
    assert record == {"id": 1, "title": "Broken", "author_login": "ann", "author_email": "ann@example.org"}


def test_no_transforms_leave_a_record_as_it_is():
    assert shaped(issue()) == issue()


def test_a_transform_can_be_called_by_itself():
    record = issue()
    assert Drop("user.login")(record)["user"] == {"email": "ann@example.org", "site": {"name": "here"}}
    assert Filter(("id", "=", 2))(record) is None
    assert record == issue()


def test_a_bad_record_costs_no_other():
    found = compiled([Cast({"n": "integer"})])([{"n": "1"}, {"n": "x"}, {"n": "3"}])
    assert [record["n"] for record in found.records] == [1, 3]
    assert [json.loads(reject.raw) for reject in found.rejects] == [{"n": "x"}]


@pytest.mark.parametrize("keep_raw", [False, True])
def test_a_rejected_record_does_not_show_what_was_to_be_hidden(keep_raw):
    chain = compiled([Hash("email", key=KEY), Mask("phone"), Cast({"n": "integer"})], keep_raw=keep_raw)
    (reject,) = chain([{"email": "ann@example.org", "phone": "555", "n": "x"}]).rejects
    raw = json.loads(reject.raw)
    assert (len(raw["email"]), raw["phone"], raw["n"]) == (64, "***", "x")


def test_what_hides_must_come_first():
    with pytest.raises(ConfigError, match="put Hash and Mask first"):
        compiled([Rename({"mail": "email"}), Hash("email", key=KEY)])


def test_a_raw_form_is_kept_before_anything_is_left_out_and_after_it_is_hidden():
    chain = compiled([Hash("user.email", key=KEY), Drop("title", "user")], keep_raw=True)
    (record,) = chain([issue()]).records
    raw = json.loads(record.pop("_raw"))
    assert record == {"id": 1, "labels": ["red", "blue"]}
    assert raw["title"] == "Broken"
    assert len(raw["user"]["email"]) == 64


def test_a_service_field_called_raw_is_not_lost():
    (record,) = compiled([], keep_raw=True)([{"id": 1, "_raw": "theirs"}]).records
    assert record == {"id": 1, "_raw_": "theirs", "_raw": '{"id":1,"_raw":"theirs"}'}


def test_a_raw_form_is_shaped_again_as_the_record_was():
    transforms = [Hash("user.email", key=KEY), Rename({"title": "name"}), Flatten(depth=2)]
    chain = compiled(transforms, key=["id"], keep_raw=True)
    first = chain([issue(id=n) for n in range(3)])
    again = chain.again(record["_raw"] for record in first.records)
    assert again.records == first.records


def test_a_rejected_record_is_shaped_again_after_a_fix():
    broken = compiled([Hash("email", key=KEY), Cast({"n": "integer"})])
    record = {"email": "ann@example.org", "n": "1.5"}
    (reject,) = broken([record]).rejects
    fixed = compiled([Hash("email", key=KEY), Cast({"n": "float"})])
    assert fixed.again([reject.raw]).records == fixed([record]).records


def test_a_record_is_made_fit_to_be_kept_without_being_shaped():
    chain = compiled([Mask("phone"), Drop("phone")])
    assert json.loads(chain.raw({"id": 1, "phone": "555"})) == {"id": 1, "phone": "***"}


def test_a_filtered_record_is_told_by_its_key_in_the_table():
    chain = compiled(
        [Hash("id", key=KEY), Rename({"id": "key"}), Filter(("state", "=", "open"))], key=["id", "part"]
    )
    found = chain([{"id": "a", "part": 1, "state": "open"}, {"id": "b", "part": 2, "state": "closed"}])
    assert len(found.records) == 1
    assert found.filtered == [(compiled([Hash("b", key=KEY)])([{"b": "b"}]).records[0]["b"], 2)]


def test_a_key_that_is_renamed_after_the_filter_is_still_told():
    chain = compiled([Filter(("id", ">", 1)), Rename({"id": "number"})], key=["id"])
    assert chain([{"id": 1}]).filtered == [(1,)]
    assert chain.key == ("number",)


@pytest.mark.parametrize(
    ("transforms", "key"),
    [
        ([Rename({"id": "number"})], ("number",)),
        ([Rename({"id": "a.b"}), Flatten()], ("a_b",)),
        ([Keep("title")], ("id",)),
        ([Rename({"id": "number"}), Keep("title"), Cast({"number": "text"})], ("number",)),
    ],
)
def test_the_primary_key_is_followed_to_where_it_goes(transforms, key):
    chain = compiled(transforms, key=["id"])
    assert chain.key == key
    assert set(key) <= chain([issue()]).records[0].keys()


@pytest.mark.parametrize(
    ("transforms", "words"),
    [
        ([Drop("id")], "leaves out 'id', which is part of the primary key"),
        ([Rename({"id": "a.b"})], "into the object 'a'"),
        ([Mask("id", last=4)], "makes different 'id' look alike"),
        ([Cast({"id": "boolean"})], "makes different 'id' look alike"),
        ([Filter(("id", ">", 1)), Cast({"id": "text"})], "put it before Filter"),
        ([Drop("_project")], "'_project' tells partitions apart"),
        ([Rename({"_project": "project"})], "'_project' tells partitions apart"),
        ([Hash("_project", key=KEY)], "'_project' tells partitions apart"),
    ],
)
def test_transforms_that_would_lose_the_key_are_refused_before_the_run(transforms, words):
    with pytest.raises(ConfigError, match=words):
        compiled(transforms, key=["id"], fixed=["_project"])


def test_a_function_that_loses_the_key_costs_the_record():
    chain = compiled([Map(lambda record: {"title": record["title"]})], key=["id"])
    assert "left no 'id'" in chain([issue()]).rejects[0].error


def test_a_cast_promises_the_kind_of_its_column_wherever_it_goes():
    chain = compiled([
        Cast({"zip": "text", "user.age": "integer", "at": Timestamp("epoch"), "gone": "text"}),
        Rename({"at": "seen"}),
        Flatten(),
        Drop("gone"),
    ])  # fmt: skip
    assert chain.promised == {"zip": Kind.TEXT, "user_age": Kind.INTEGER, "seen": Kind.TIMESTAMP}


def test_a_promise_widens_what_a_table_has():
    chain = compiled([Cast({"zip": "text", "size": "float"})])
    known = chain.known({"zip": "zip_code"}, {"zip_code": Kind.INTEGER, "id": Kind.INTEGER})
    assert known == {"zip_code": Kind.TEXT, "size": Kind.FLOAT, "id": Kind.INTEGER}


def test_fields_that_no_record_has_are_told():
    chain = compiled([
        Hash("emial", "user.email", key=KEY),
        Cast({"id": "text"}),
        Filter(("stat", "!=", "closed")),
    ])  # fmt: skip
    chain([issue()])
    assert chain.unseen == {"Hash('emial')", "Filter('stat')"}


def test_a_key_is_found_by_its_name():
    by_name = compiled([Hash("title", key="pii")], secret={"pii": KEY}.__getitem__)
    assert by_name([issue()]).records == compiled([Hash("title", key=KEY)])([issue()]).records


def test_a_name_of_a_key_that_nobody_knows_is_refused():
    with pytest.raises(ConfigError, match="key is a name"):
        compiled([Hash("title", key="pii")])


def test_a_page_of_records_stays_as_it_was():
    records = [issue(id=n) for n in range(5)]
    before = copy.deepcopy(records)
    transforms = [
        Hash("user.email", key=KEY),
        Mask("user.site.name"),
        Rename({"user.login": "login"}),
        Cast({"user.site": "text"}),
        Flatten(depth=3),
    ]
    assert len(compiled(transforms, keep_raw=True)(records).records) == 5
    assert records == before
