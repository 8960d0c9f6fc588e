"""The only layer that imports Airflow."""

from .connection import Field, Form, Settings, origin, secret, text
from .hook import ConnectorHook
from .operators import ConnectorOperator
from .sensors import ConnectorSensor

__all__ = [
    "ConnectorHook",
    "ConnectorOperator",
    "ConnectorSensor",
    "Field",
    "Form",
    "Settings",
    "origin",
    "secret",
    "text",
]
