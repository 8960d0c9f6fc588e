from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from airflow_connectors.core import (
    DataError,
    Follow,
    NextToken,
    Partition,
    Record,
    Request,
    Response,
    Stream,
    Window,
    get,
    read,
)

EVER = Window(None, datetime(2026, 3, 1, tzinfo=UTC))


class Service:
    """Answers by path, and remembers what it was asked."""

    def __init__(self, **answers: object) -> None:
        self.answers, self.asked = answers, list[Request]()

    def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        return Response(request, 200, {}, json.dumps(self.answers[request.path.strip("/")]).encode())


def parts(references: list[Record]) -> Iterable[Request]:
    return [get("/parts", shop="{shop}", of=head["id"]) for head in references if not head.get("parts")]


def given(references: list[Record]) -> Iterable[Record]:
    return [part for head in references for part in head.get("parts", [])]


ORDERS = Stream(path="/orders", name="parts", follow=Follow(parts, given=given))
PER_SHOP = Stream(
    path="/orders", name="parts", partition=Partition("shop", option="shops"), follow=Follow(parts)
)


def test_what_references_carry_needs_no_second_request():
    service = Service(orders=[{"id": 1, "parts": [{"id": 10}]}])
    assert [page.records for page in read(ORDERS, service, EVER)] == [[{"id": 10}]]
    assert len(service.asked) == 1


def test_what_references_carry_stands_beside_what_they_lead_to():
    service = Service(orders=[{"id": 1, "parts": [{"id": 10}]}, {"id": 2}], parts=[{"id": 20}])
    assert [page.records for page in read(ORDERS, service, EVER)] == [[{"id": 10}, {"id": 20}]]


def test_a_second_step_is_asked_within_the_partition():
    service = Service(orders=[{"id": 2}], parts=[{"id": 20}])
    assert [page.records for page in read(PER_SHOP, service, EVER, "north")] == [
        [{"id": 20, "_shop": "north"}]
    ]
    assert service.asked[-1].params == {"shop": "north", "of": 2}


def test_a_reference_that_is_not_as_declared_is_bad_data():
    with pytest.raises(DataError, match="parts: GET /orders listed a reference that is not as declared"):
        list(read(ORDERS, Service(orders=[{"number": 1}]), EVER))


def test_a_flag_ends_a_list_that_names_a_token_on_its_last_page_too():
    pages, request = NextToken("until", "since", last="done"), get("/feed")
    end = Response(request, 200, {}, b'{"until": 9, "done": true}')
    more = Response(request, 200, {}, b'{"until": 9, "done": false}')
    assert pages.next(request, end, 1) is None
    assert pages.next(request, more, 1) == get("/feed", since=9)
