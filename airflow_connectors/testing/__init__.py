"""A simulated service for every integration, for our tests and for those of DAG authors."""

from .exchange import Answer, Asked, Refused
from .simulator import Simulator, simulator_of
from .world import World

__all__ = ["Answer", "Asked", "Refused", "Simulator", "World", "simulator_of"]
