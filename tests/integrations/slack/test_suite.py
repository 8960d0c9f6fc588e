from __future__ import annotations

from airflow_connectors.integrations.slack import SlackHook
from airflow_connectors.testing.suite import IntegrationSuite


class TestSlack(IntegrationSuite):
    hook_class = SlackHook
    sizes = {"users": 12, "joined_channels": 6, "messages": 24, "thread_replies": 40}
