"""A simulated service for every integration, for our tests and for those of DAG authors."""

from .exchange import Answer, Asked, Refused
from .simulator import Simulator, simulator_of
from .world import Changes, World

__all__ = ["Answer", "Asked", "Changes", "Refused", "Simulator", "World", "simulator_of"]
