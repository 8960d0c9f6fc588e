"""GitHub."""

from .hook import GitHubHook
from .operators import (
    GitHubAddCommentOperator,
    GitHubCreateIssueOperator,
    GitHubCreateReleaseOperator,
    GitHubDispatchWorkflowOperator,
    GitHubReadOperator,
    GitHubSyncOperator,
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
    "GitHubReadOperator",
    "GitHubSyncOperator",
    "GitHubUpdateIssueOperator",
    "GitHubWorkflowRunSensor",
]
