"""A Jira site with a few projects."""

from .world import JiraWorld

__all__ = ["JiraWorld"]
