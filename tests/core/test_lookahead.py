"""Asking before their turn, counted where the requests arrive."""

from __future__ import annotations

import threading
import time

import pytest

from airflow_connectors.core import Lookahead, Request, Response, TransientError, get

PAGES = [get("/things", page=number) for number in range(20)]


class Service:
    """Takes its time for each request, and counts those under way."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.underway, self.most = seconds, 0, 0
        self.asked: list[int] = []
        self.lock = threading.Lock()

    def __call__(self, request: Request) -> Response:
        with self.lock:
            self.asked.append(request.params["page"])
            self.underway += 1
            self.most = max(self.most, self.underway)
        time.sleep(self.seconds)
        with self.lock:
            self.underway -= 1
        return Response(request, 200)


def read(service, limit: int, requests=PAGES) -> list[int]:
    with Lookahead(service, limit) as send:
        found = []
        for number, request in enumerate(requests):
            found.append(send(request).request.params["page"])
            send.expect(requests[number + 1 :])
    return found


@pytest.mark.parametrize("limit", [1, 3, 8])
def test_as_many_as_allowed_are_under_way_and_answers_keep_their_order(limit):
    service = Service(0.02)
    assert read(service, limit) == list(range(20))
    assert sorted(service.asked) == list(range(20))
    assert service.most == limit


def test_a_service_that_is_near_is_not_asked_before_its_turn():
    service = Service(0)
    with Lookahead(service, 8) as send:
        for request in PAGES[:8]:  # the fastest answer says how near it is
            send(request)
        send.expect(PAGES[8:])
    assert service.asked == list(range(8))


def test_what_is_expected_is_on_its_way_before_the_reader_goes_on():
    service = Service(0.02)
    with Lookahead(service, 1) as send:
        send(PAGES[0])
        send.expect(PAGES[1:2])
        assert service.asked == [0, 1]


def test_where_one_may_be_under_way_nothing_is_asked_on_a_guess():
    service = Service(0.02)
    with Lookahead(service, 1) as send:
        send(PAGES[0])
        send.expect(PAGES[1:4])
        send(PAGES[1])
    assert service.asked == [0, 1]


def test_the_error_of_an_expected_request_is_raised_in_its_turn():
    def refuse(request: Request) -> Response:
        time.sleep(0.01)
        if request.params["page"] == 2:
            raise TransientError("no")
        return Response(request, 200)

    with Lookahead(refuse, 4) as send:
        send(PAGES[0])
        send.expect(PAGES[1:])
        send(PAGES[1])
        with pytest.raises(TransientError):
            send(PAGES[2])
