"""The tools that are compared: how each is told of the same mesh, and by which command it rolls it out.

Each gets the same objects, the same order to keep and the same patience; none is told to hurry less.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import kwok_mesh
from kwok_bed import tierline_environment
from measured import TIERLINE
from site_of_rollout import Command, Site
from with_helmfile import helmfile


def tierline(site: Site) -> Command:
    """A rollout of the whole mesh; as many at once as there are services, like the others."""
    mesh = kwok_mesh.make(site.home / "m", site.parts)
    policy = kwok_mesh.policy(
        site.bed.kubeconfig,
        site.namespace,
        max_parallel=len(site.parts),
        verify_seconds=site.patience,
    )
    words = [TIERLINE, "rollout", "--yes", "--root-path", str(mesh)]
    images = ["--images", str(site.home / "m" / "images.json")]
    return Command([*words, *images], tierline_environment(site.home / "h", policy))


def make(site: Site) -> Command:
    """`make -j`, a target for each service: apply it, wait for it."""
    files, owners, kubectl = site.manifests(), site.owners(), site.kubectl()
    lines = [f".PHONY: all {' '.join(files)}", f"all: {' '.join(files)}"]
    for name, file in files.items():
        wait = f"{kubectl} rollout status deployment/{name} --timeout={site.patience}s"
        lines += [f"{name}: {' '.join(owners[name])}", f"\t@{kubectl} apply -f {file} && {wait}"]
    script = site.home / "Makefile"
    script.write_text("\n".join(lines) + "\n")
    return Command(["make", "-k", "-j", str(len(files)), "-f", str(script), "all"])


def levels(site: Site) -> Command:
    """A careful script: apply a level, wait for all of it, then the next."""
    files, owners, kubectl = site.manifests(), site.owners(), site.kubectl()
    level: dict[str, int] = {}
    for name in files:
        level[name] = max((level[one] + 1 for one in owners[name]), default=0)
    lines = ["set -euo pipefail"]
    for number in range(max(level.values()) + 1):
        names = [name for name in files if level[name] == number]
        lines.append(f"{kubectl} apply {' '.join(f'-f {files[name]}' for name in names)}")
        lines += [
            f"{kubectl} rollout status deployment/{name} --timeout={site.patience}s"
            for name in names
        ]
    return _script(site, lines)


def at_once(site: Site) -> Command:
    """Everything at once and in no order: the floor."""
    files, kubectl = site.manifests(), site.kubectl()
    lines = ["set -euo pipefail", f"{kubectl} apply -f {site.home / 'manifests'}"]
    lines += [
        f"{kubectl} rollout status deployment/{name} --timeout={site.patience}s" for name in files
    ]
    return _script(site, lines)


def _script(site: Site, lines: Sequence[str]) -> Command:
    script = site.home / "roll-out.sh"
    script.write_text("\n".join(lines) + "\n")
    return Command(["bash", str(script)])


RIVALS: Mapping[str, Callable[[Site], Command]] = {
    "tierline": tierline,
    "Helmfile, Helm 4": helmfile,
    "make -j": make,
    "kubectl by levels": levels,
    "everything at once": at_once,
}
"""name -> how it is told"""
