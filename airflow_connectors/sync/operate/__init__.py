"""What is done around the runs: looking ahead and back, forgetting, and taking rejected records again."""

from .planning import Plan, Planner
from .replaying import Replay, Replayed
from .resetting import Forgotten, reset
from .standing import Standing, runs, standings

__all__ = [
    "Forgotten",
    "Plan",
    "Planner",
    "Replay",
    "Replayed",
    "Standing",
    "reset",
    "runs",
    "standings",
]
