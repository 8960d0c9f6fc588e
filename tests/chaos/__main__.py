"""`python -m tests.chaos --kills 1000`: kill syncs in every way there is, and look at what comes out."""

from __future__ import annotations

import argparse
import random
import sys

from .total import Total, say


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args()
    total = Total(chosen.seed)
    say(f"seed {chosen.seed}: again with --seed {chosen.seed}, though no two runs meet at the same instant")
    total.play(chosen.kills)
    say(str(total))
    sys.exit(not total.is_clean)


if __name__ == "__main__":
    main()
