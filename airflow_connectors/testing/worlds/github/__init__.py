"""A GitHub with a few repositories."""

from .world import GitHubWorld

__all__ = ["GitHubWorld"]
