"""The only layer that imports Airflow."""

from .connection import Field, Form, Settings, origin, secret, text
from .hook import ConnectorHook
from .operators import ConnectorOperator, ReadOperator
from .sensors import ConnectorSensor
from .sync import SyncOperator

__all__ = [
    "ConnectorHook",
    "ConnectorOperator",
    "ConnectorSensor",
    "Field",
    "Form",
    "ReadOperator",
    "Settings",
    "SyncOperator",
    "origin",
    "secret",
    "text",
]
