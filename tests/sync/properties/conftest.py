"""Hypothesis: the same worlds every time in CI, new ones elsewhere; a failure prints how to see it again."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

# A destination serves all worlds of a test: each world has tables of its own in it.
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile(
    "new worlds",
    deadline=None,
    database=None,
    max_examples=int(os.environ.get("WORLDS", "6")),
    print_blob=True,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=SHARED,
)
settings.register_profile("same worlds", settings.get_profile("new worlds"), derandomize=True)
settings.load_profile("same worlds" if os.environ.get("CI") else "new worlds")
