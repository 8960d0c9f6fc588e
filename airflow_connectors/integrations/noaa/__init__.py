"""NOAA weather."""

from .hook import NoaaHook
from .operators import NoaaGetForecastOperator, NoaaReadOperator, NoaaSyncOperator
from .sensors import NoaaAlertActiveSensor

__all__ = [
    "NoaaAlertActiveSensor",
    "NoaaGetForecastOperator",
    "NoaaHook",
    "NoaaReadOperator",
    "NoaaSyncOperator",
]
