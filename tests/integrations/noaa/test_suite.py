from __future__ import annotations

from airflow_connectors.integrations.noaa import NoaaHook
from airflow_connectors.testing.suite import IntegrationSuite


class TestNoaa(IntegrationSuite):
    hook_class = NoaaHook
    sizes = {"stations": 12, "alerts": 24, "observations": 24}
