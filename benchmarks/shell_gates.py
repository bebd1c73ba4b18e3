"""`check` beside shell scripts that judge the same: the gates structure, index and load-order.

    python benchmarks/shell_gates.py [--services 49] [--rounds 7] [--mesh DIR]

A mesh is generated, both judge it in turns, and both must find nothing; then one file is taken
away, and both must find that. Printed are the least and the median of wall time and of CPU, and
their ratios. Nothing is remembered between the commands (`--no-cache`). Budget: 20 times faster.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from mesh_generator import Shape, generate
from scale import TIERLINE, Cost, cost_of

SCRIPT = Path(__file__).with_suffix(".sh")
GATES = ("structure", "index", "load-order")
TIMES = 20.0


def main() -> int:
    """0 when `check` is as much faster as it should be."""
    parser = argparse.ArgumentParser(description="check beside shell scripts.")
    parser.add_argument("--services", type=int, default=49)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--mesh", type=Path)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tb-") as folder:
        mesh = Path(words.mesh) if words.mesh else Path(folder) / "m"
        if not mesh.exists():
            generate(mesh, Shape(words.services, 3 * words.services // 4, 14, 1))
        state = Path(folder) / "home"
        state.mkdir()
        named = (word for gate in GATES for word in ("--gate", gate))
        contenders = {
            "shell": ("bash", str(SCRIPT), str(mesh)),
            "tierline check": (TIERLINE, "check", "--no-cache", *named),
        }
        costs: dict[str, list[Cost]] = {name: [] for name in contenders}
        for _ in range(words.rounds):
            for name, argv in contenders.items():
                costs[name].append(cost_of(argv, mesh, state))
        agree = all(one.code == 0 for each in costs.values() for one in each)
        lost = next(mesh.glob("mesh/services/*/*/Makefile"))
        text = lost.read_bytes()
        lost.unlink()
        agree &= all(cost_of(argv, mesh, state).code != 0 for argv in contenders.values())
        lost.write_bytes(text)
    print(
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {words.rounds} rounds in turns"
    )
    for name, each in costs.items():
        walls, cpus = [one.wall for one in each], [one.cpu for one in each]
        print(
            f"{name:<16} wall least {min(walls):.2f} s, median {statistics.median(walls):.2f} s;"
            f" CPU least {min(cpus):.2f} s, median {statistics.median(cpus):.2f} s"
        )
    shell, ours = costs.values()
    ratio = min(one.wall for one in shell) / min(one.wall for one in ours)
    print(
        f"check is {ratio:.1f} times faster (budget {TIMES:g}){'' if agree else '; THEY DISAGREE'}"
    )
    return 0 if agree and ratio >= TIMES else 1


if __name__ == "__main__":
    sys.exit(main())
