"""New columns from what was kept raw."""

from __future__ import annotations

from airflow_connectors.sync.shape import Cast, Filter, Keep, compiled, derived, new_fields

from .things import issue


def kept(*records):
    chain = compiled([Keep("title")], key=["id"], keep_raw=True)
    return [record["_raw"] for record in chain(records).records]


def test_a_newly_chosen_column_is_filled_from_what_was_kept():
    chain = compiled([Keep("title", "labels", "user.login")], key=["id"], keep_raw=True)
    found = derived(kept(issue(), issue(id=2, labels=None)), chain, ["labels", "user"])
    assert found.rows == {
        (1,): {"labels": ["red", "blue"], "user": {"login": "ann"}},
        (2,): {"labels": None, "user": {"login": "ann"}},
    }


def test_the_whole_records_are_as_the_next_run_will_have_them():
    chain = compiled([Keep("title", "labels")], key=["id"], keep_raw=True)
    assert derived(kept(issue()), chain, ["labels"]).shaped.records == chain([issue()]).records


def test_what_cannot_be_derived_is_rejected_and_what_is_left_out_is_told():
    chain = compiled([Filter(("id", "!=", 3)), Cast({"n": "integer"})], key=["id"])
    found = derived(kept(issue(n="1"), issue(id=2, n="x"), issue(id=3, n="3")), chain, ["n"])
    assert found.rows == {(1,): {"n": 1}}
    assert len(found.shaped.rejects) == 1
    assert found.shaped.filtered == [(3,)]


def test_the_fields_that_a_table_has_not_yet_are_found():
    chain = compiled([Keep("title", "labels")], key=["id"])
    assert new_fields(chain.again(kept(issue())), ["id", "title"]) == ("labels",)
