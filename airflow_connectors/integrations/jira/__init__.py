"""Jira Cloud."""

from .hook import JiraHook
from .operators import (
    JiraAddCommentOperator,
    JiraCreateIssueOperator,
    JiraReadOperator,
    JiraSyncOperator,
    JiraTransitionIssueOperator,
)
from .sensors import JiraIssueStatusSensor

__all__ = [
    "JiraAddCommentOperator",
    "JiraCreateIssueOperator",
    "JiraHook",
    "JiraIssueStatusSensor",
    "JiraReadOperator",
    "JiraSyncOperator",
    "JiraTransitionIssueOperator",
]
