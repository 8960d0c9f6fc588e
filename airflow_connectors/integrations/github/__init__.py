"""GitHub."""

from .hook import GitHubHook
from .operators import (
    GitHubAddCommentOperator,
    GitHubCreateIssueOperator,
    GitHubCreateReleaseOperator,
    GitHubDispatchWorkflowOperator,
    GitHubUpdateIssueOperator,
)
from .sensors import GitHubPullRequestMergedSensor, GitHubWorkflowRunSensor

__all__ = [
    "GitHubAddCommentOperator",
    "GitHubCreateIssueOperator",
    "GitHubCreateReleaseOperator",
    "GitHubDispatchWorkflowOperator",
    "GitHubHook",
    "GitHubPullRequestMergedSensor",
    "GitHubUpdateIssueOperator",
    "GitHubWorkflowRunSensor",
]
