"""What a whole bench leaves in the repository: every row, the tables, and a picture."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bench.environments import REQUIREMENTS
from bench.figures import Figures
from bench.plot import picture
from bench.report import tables
from bench.trial import Row
from tests.servers import postgres_programs

HERE = Path(__file__).parent
BLOCK = re.compile(r"(?<=<!-- measured -->\n).*?(?=<!-- end -->)", re.DOTALL)


def machine(rows: Sequence[Row]) -> dict[str, object]:
    command = [str(postgres_programs() / "postgres"), "--version"]
    server = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    pins = {path.stem: path.read_text().split() for path in sorted(REQUIREMENTS.glob("*.txt"))}
    return {
        "from": min(row["at"] for row in rows),
        "to": max(row["at"] for row in rows),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30),
        "python": platform.python_version(),
        "database": f"PostgreSQL {server.split()[2]}",
        "load": f"{min(row['load'] for row in rows):.1f} to {max(row['load'] for row in rows):.1f}",
        "peers": pins,
    }


def publish(rows: Sequence[Row]) -> None:
    where, figures = machine(rows), Figures(rows)
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (HERE / "results.json").write_text(f'{{"machine": {json.dumps(where)},\n"rows": [\n{lines}\n]}}\n')
    caption = (
        f"{where['cores']} cores, Python {where['python']}, {where['database']}, {str(where['to'])[:10]}"
    )
    rounds = max(row["round"] for row in rows)
    (HERE / "results.svg").write_text(picture(figures, f"Medians; rounds: {rounds}. {caption}."))
    about = (
        f"Measured from {where['from']} to {where['to']}: {caption}, {where['memory_gb']} GB; "
        f"rounds: {rounds}; the machine's load average {where['load']} as the runs began."
    )
    readme = HERE / "README.md"
    block = f"{about}\n\n{tables(rows)}\n\n![CPU seconds per 100,000 records](results.svg)\n"
    readme.write_text(BLOCK.sub(lambda _: block, readme.read_text()))
