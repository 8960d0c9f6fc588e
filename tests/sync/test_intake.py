"""The typed way from JSON to rows gives what the general way gives, or steps aside."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from airflow_connectors.core import Page, Partition, Stream, get
from airflow_connectors.core.lists import decode_list
from airflow_connectors.sync.batch import joined
from airflow_connectors.sync.intake import Intaker
from airflow_connectors.sync.options import Options
from airflow_connectors.sync.prepare import shaping_of

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.sampled_from(["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.5+02:00", "2026-01-31", "null"]),
)
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(max_size=3), SCALARS, max_size=2)
FIELDS = st.dictionaries(st.sampled_from(["a", "b", "cD", "e f", 'q"', "ü"]), VALUES, max_size=4)
PAGES = st.lists(st.lists(FIELDS, min_size=1, max_size=4), min_size=1, max_size=5)


def pages(found, declared):
    for number, records in enumerate(found):
        listed = [{"id": number * 10 + place, **fields} for place, fields in enumerate(records)]
        if declared.lift:
            listed = [{"id": record.pop("id"), declared.lift: record} for record in listed]
        raws = decode_list(json.dumps(listed).encode())
        yield Page(request=get("/things"), stream=declared, partition="here", raws=raws)


def rows(found, declared, *, typed):
    shaping = shaping_of(declared, Options())
    shaping.fields.columns(["id"])
    intaker = Intaker(declared, shaping)
    batches = []
    for page in pages(found, declared):
        batches.append(intaker.take(page).batches[0][1])
        if not typed:
            intaker.decoder = None
    united = joined(batches, ["id"])
    order = sorted(united.kinds)
    places = [united.columns.index(name) for name in [*order, "_row_hash"]]
    found = [[plain(row[place]) for place in places] for row in united.rows]
    return {name: united.kinds[name] for name in order}, found


def plain(value):
    return json.loads(value) if isinstance(value, bytes) else value


@given(PAGES)
def test_plain_records(found):
    declared = Stream(path="/things", name="things")
    assert rows(found, declared, typed=True) == rows(found, declared, typed=False)


@given(PAGES)
def test_lifted_records(found):
    declared = Stream(path="/things", name="things", lift="fields")
    assert rows(found, declared, typed=True) == rows(found, declared, typed=False)


@given(PAGES)
def test_records_of_a_partition(found):
    declared = Stream(path="/{box}", name="things", partition=Partition("box", "boxes"))
    assert rows(found, declared, typed=True) == rows(found, declared, typed=False)
