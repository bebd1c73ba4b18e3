"""How one conductor fares with many services on simulated nodes: delays, API requests, memory.

    python benchmarks/kwok.py [COUNT] [SLOTS]

A thousand services of depth 8, each one pod that is ready as soon as KWOK gets to it, so that what is
measured is the conductor and not the waiting. The delay of a start is from the moment at which the
API server told of the last owner's Deployment that it is available, to the moment at which it told of
the dependent's; what the API server itself took for that apply is taken off it, which the control
plane's pace decides. Budgets on two cores: p95 150 ms, under 2 API requests a service beside the applies,
under 500 MB. The machine that is measured runs the control plane, too.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import kwok_mesh
from kwok_bed import a_bed, a_namespace, tierline_environment
from measured import TIERLINE, run, share

from tierline.mesh.names import slug

P95_SECONDS, REQUESTS, MEMORY = 0.150, 2.0, 500.0
LIMIT_SECONDS = 1800.0


def main(words: list[str]) -> int:
    """0 when every budget is kept."""
    count = int(words[0]) if words else 1_000
    slots = int(words[1]) if words[1:] else count
    parts = kwok_mesh.layered(count, 8, 0.0, seed=1)
    owners = {slug(name): [slug(one) for one in part.owners] for name, part in parts.items()}
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, a_bed() as bed:
        mesh = kwok_mesh.make(Path(folder) / "m", parts)
        with a_namespace(bed, owners) as (namespace, seen):
            policy = kwok_mesh.policy(
                bed.kubeconfig, namespace, max_parallel=slots, verify_seconds=600
            )
            environment = tierline_environment(Path(folder) / "h", policy)
            argv = [TIERLINE, "rollout", "--yes", "--root-path", mesh]
            images = ("--images", Path(folder) / "m" / "images.json")
            began = time.monotonic()
            cost = run([*argv, *images], environment, LIMIT_SECONDS)
            first = min(seen.applied.values(), default=began)
        asked, took = bed.requests(namespace), bed.took(namespace)
    if cost.code:
        print(cost.said[-3000:])
        return 1
    found = seen.delays(owners, seen.settled)
    delays = sorted(found.values())
    busy = sorted(took.values())
    own = sorted(delay - took.get(name, 0.0) for name, delay in found.items())
    applies = sum(number for what, number in asked.items() if what.startswith("patch "))
    others = (sum(asked.values()) - applies) / count
    behind = sorted(seen.settled[one] - seen.ready[one] for one in seen.settled)
    print(f"{count} services, {slots} at once, load {os.getloadavg()[0]:.1f}")
    print(
        f"  whole command {cost.wall:.1f} s, of which {first - began:.1f} s before the first apply"
    )
    print(f"  {count / (max(seen.ready.values()) - first):.1f} services a second")
    print(f"  controllers behind the pods: p50 {share(behind, 0.5) * 1000:.0f} ms,", end=" ")
    print(f"p95 {share(behind, 0.95) * 1000:.0f} ms")
    print(f"  start delay: p50 {share(delays, 0.5) * 1000:.0f} ms,", end=" ")
    print(f"p95 {share(delays, 0.95) * 1000:.0f} ms, most {delays[-1] * 1000:.0f} ms")
    print(f"  of it the API server's own time: p50 {share(busy, 0.5) * 1000:.0f} ms,", end=" ")
    print(
        f"p95 {share(busy, 0.95) * 1000:.0f} ms; the rest: p50 {share(own, 0.5) * 1000:.0f} ms,",
        end=" ",
    )
    print(f"p95 {share(own, 0.95) * 1000:.0f} ms, most {own[-1] * 1000:.0f} ms")
    print(f"  API requests: {applies} applies, {others:.2f} others a service")
    print("   ", ", ".join(f"{what} {number}" for what, number in asked.most_common(8)))
    print(f"  CPU {cost.cpu:.1f} s, memory {cost.memory:.0f} MB, started too early: {seen.before}")
    kept = share(own, 0.95) < P95_SECONDS and others < REQUESTS and cost.memory < MEMORY
    return 0 if kept and not seen.before else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
