"""Gate two: the vendor's description allows every request that we can send."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from airflow_connectors.core import RejectedError
from airflow_connectors.provider import ConnectorOperator, ConnectorSensor

from .answering import answering
from .calls import CALLS
from .judging import faults_of
from .vendors import GITHUB, JIRA, NOAA, SLACK, VENDORS

SINCE = datetime(2026, 1, 31, 12, 30, 15, 250_000, tzinfo=UTC)
HEADERS = {"Content-Type": "application/json", "Authorization": "Basic YTpi", "User-Agent": "a"}
STREAMS = [(vendor, name) for vendor in VENDORS for name in vendor.hook_class.streams]
ACTIONS = [
    (vendor, action, parameters)
    for vendor in VENDORS
    for action, calls in CALLS[vendor.name].items()
    for parameters in calls
]


@pytest.fixture(scope="session")
def server():
    with answering() as url:
        yield url


@pytest.mark.parametrize(("vendor", "stream"), STREAMS, ids=lambda value: getattr(value, "name", value))
@pytest.mark.parametrize("since", [None, SINCE], ids=["full", "since"])
def test_a_stream_asks_only_what_is_allowed(vendor, stream, since, server, connect, watched, tally):
    connect(vendor, server + vendor.mount)
    hook = watched(vendor, vendor.hook_class())
    with suppress(RejectedError):
        list(hook.read(stream, since=since, **vendor.options))
    tally.saw(vendor.name, stream)
    steps = 2 if vendor.hook_class.streams[stream].follow else 1
    assert hook.client.usage.requests >= steps


@pytest.mark.parametrize(("vendor", "action", "parameters"), ACTIONS)
def test_an_action_asks_only_what_is_allowed(vendor, action, parameters, server, connect, watched):
    connect(vendor, server + vendor.mount)
    task = action(task_id="judged", **parameters)
    hook = watched(vendor, task.hook)
    with suppress(RejectedError):
        getattr(task, "poke", task.execute)({})
    assert hook.client.usage.requests > 0


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_the_trial_of_a_connection_is_allowed(vendor, server, connect, watched):
    connect(vendor, server + vendor.mount)
    watched(vendor, vendor.hook_class()).test_connection()


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_every_operator_and_sensor_is_judged(vendor):
    package = __import__(f"airflow_connectors.integrations.{vendor.name}", fromlist=["__all__"])
    actions = {getattr(package, name) for name in package.__all__}
    declared = {action for action in actions if issubclass(action, ConnectorOperator | ConnectorSensor)}
    assert declared == set(CALLS[vendor.name])


@pytest.mark.parametrize(
    ("vendor", "method", "target", "body", "why"),
    [
        (GITHUB, "GET", "/repos/octo/demo/issues?state=banana", b"", "banana"),
        (GITHUB, "GET", "/repos/octo/demo/issues?colour=red", b"", "no parameter colour"),
        (GITHUB, "POST", "/repos/octo/demo/issues", b'{"body": "no title"}', "title"),
        (GITHUB, "GET", "/repos/octo/demo/isues", b"", "/repos/octo/demo/isues"),
        (JIRA, "GET", "/rest/api/3/search/jql?maxResults=many", b"", "many"),
        (JIRA, "POST", "/rest/api/3/changelog/bulkfetch", b"{}", "issueIdsOrKeys"),
        (NOAA, "GET", "/alerts/active?area=XX", b"", "XX"),
        (NOAA, "GET", "/alerts?state=TX", b"", "no parameter state"),
        (SLACK, "GET", "/conversations.history?channel=C1&newest=1", b"", "no parameter newest"),
        (SLACK, "POST", "/chat.postMessage", b'{"text": "no channel"}', "channel"),
        (SLACK, "POST", "/chat.postMessage", b'{"channel": "C1", "txt": "t"}', "txt"),
    ],
)
def test_the_judge_refuses_what_is_illegal(vendor, method, target, body, why):
    faults = faults_of(vendor, method, target, HEADERS, body)
    assert any(why in fault.text for fault in faults)


def test_the_judge_refuses_nws_requests_without_a_user_agent():
    assert any("userAgent" in fault.text for fault in faults_of(NOAA, "GET", "/alerts/types", {}, b""))
