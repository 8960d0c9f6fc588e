"""
API to PostgreSQL: the engine beside what others offer and what users write, in one run on the same servers.

    make bench                                            the whole of it; goes on where it was interrupted
    make bench rounds=1                                   one round of five; `make bench` then adds the others
    make soak                                             ours with 2,000,000 records, and its memory
    make bench only=ours,limit records=50000 rounds=1     a part, which leaves the committed results alone
"""

from __future__ import annotations

import argparse
import signal
import time
from collections.abc import Sequence

from bench.database import postgres
from bench.environments import FOLDER
from bench.publish import publish
from bench.report import progress, tables
from bench.results import Results
from bench.schedule import SCENARIOS, Plan
from bench.service import service
from bench.trial import Bench, Trial
from bench.truth import Truth

ENCODED = 200_000  # records beforehand; a soak's further ones are made as they are asked for


SOAK = Plan(records=(50_000, 2_000_000), rounds=1, scenarios=("soak",))


def words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


def numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, words(text)))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", type=words, default=())
    parser.add_argument("--records", type=numbers, default=Plan.records)
    parser.add_argument("--rounds", type=int, default=Plan.rounds)
    parser.add_argument("--scenarios", type=words, default=SCENARIOS)
    parser.add_argument("--flavours", type=words, default=("cursor",))
    return parser.parse_args()


def carry_out(trials: Sequence[Trial], results: Results) -> None:
    began = time.monotonic()
    with service(min(ENCODED, max(trial.records for trial in trials))) as api, postgres() as server:
        bench = Bench(api, server, Truth(server))
        for number, trial in enumerate(trials, 1):
            row = bench.carry_out(trial)
            results.add(row)
            left = (time.monotonic() - began) / number * (len(trials) - number)
            print(progress(trial, row, left), flush=True)


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that servers are stopped then too
    asked = Plan(**vars(arguments()))
    is_kept = asked in (Plan(rounds=asked.rounds), SOAK)
    results = Results(FOLDER / ("rows.jsonl" if is_kept else "quick.jsonl"))
    if is_kept:
        results.resume()
    missing = results.missing(asked.trials())
    if missing:
        carry_out(missing, results)
    print(tables(results.rows))
    if is_kept and not results.missing(Plan(rounds=1).trials()):
        publish(results.rows)


if __name__ == "__main__":
    main()
