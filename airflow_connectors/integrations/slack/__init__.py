"""Slack."""

from .hook import SlackHook
from .notifier import SlackNotifier
from .operators import (
    SlackPostMessageOperator,
    SlackReadOperator,
    SlackSyncOperator,
    SlackUpdateMessageOperator,
    SlackUploadFileOperator,
)
from .sensors import SlackMessageSensor

__all__ = [
    "SlackHook",
    "SlackMessageSensor",
    "SlackNotifier",
    "SlackPostMessageOperator",
    "SlackReadOperator",
    "SlackSyncOperator",
    "SlackUpdateMessageOperator",
    "SlackUploadFileOperator",
]
