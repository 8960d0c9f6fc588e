"""Gate two: the vendor's description allows every request that we can send."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from airflow_connectors.core import RejectedError
from airflow_connectors.provider import ConnectorOperator, ConnectorSensor

from .calls import CALLS
from .judging import Watch
from .nothing import nothing
from .tally import Tally
from .vendors import GITHUB, VENDORS

SINCE = datetime(2026, 1, 31, 12, 30, 15, 250_000, tzinfo=UTC)
STREAMS = [(vendor, name) for vendor in VENDORS for name in vendor.hook_class.streams]
ACTIONS = [
    (vendor, action, parameters)
    for vendor in VENDORS
    for action, calls in CALLS[vendor.name].items()
    for parameters in calls
]


@pytest.fixture(scope="session")
def nowhere():
    with nothing() as url:
        yield url


@pytest.mark.parametrize(("vendor", "stream"), STREAMS, ids=lambda value: getattr(value, "name", value))
@pytest.mark.parametrize("since", [None, SINCE], ids=["full", "since"])
def test_a_stream_asks_only_what_is_allowed(vendor, stream, since, nowhere, connect, watched, tally):
    connect(vendor, nowhere)
    hook = watched(vendor, vendor.hook_class())
    tally.saw(vendor.name, stream)
    with suppress(RejectedError):
        list(hook.read(stream, since=since, **vendor.options))
    assert hook.client.usage.requests > 0


@pytest.mark.parametrize(("vendor", "action", "parameters"), ACTIONS)
def test_an_action_asks_only_what_is_allowed(vendor, action, parameters, nowhere, connect, watched):
    connect(vendor, nowhere)
    task = action(task_id="judged", **parameters)
    hook = watched(vendor, task.hook)
    with suppress(RejectedError):
        task.execute({})
    assert hook.client.usage.requests > 0


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_the_trial_of_a_connection_is_allowed(vendor, nowhere, connect, watched):
    connect(vendor, nowhere)
    watched(vendor, vendor.hook_class()).test_connection()


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_every_operator_and_sensor_is_judged(vendor):
    package = __import__(f"airflow_connectors.integrations.{vendor.name}", fromlist=["__all__"])
    actions = {getattr(package, name) for name in package.__all__}
    declared = {action for action in actions if issubclass(action, ConnectorOperator | ConnectorSensor)}
    assert declared == set(CALLS[vendor.name])


@pytest.mark.parametrize(
    ("method", "target", "body", "why"),
    [
        ("GET", "/repos/octo/demo/issues?state=banana", b"", "banana"),
        ("GET", "/repos/octo/demo/issues?colour=red", b"", "no parameter colour"),
        ("POST", "/repos/octo/demo/issues", b'{"body": "no title"}', "title"),
        ("GET", "/repos/octo/demo/isues", b"", "/repos/octo/demo/isues"),
    ],
)
def test_the_judge_refuses_what_is_illegal(method, target, body, why):
    watch = Watch(GITHUB, Tally())
    watch.hold(method, target, {"Content-Type": "application/json"}, body)
    assert any(why in fault for fault in watch.faults)
