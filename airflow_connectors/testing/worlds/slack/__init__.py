"""A Slack workspace with a few channels."""

from .world import SlackWorld

__all__ = ["SlackWorld"]
