"""The tools that the benchmark of rollouts compares with, and the Go modules that pin them.

No test needs them: the benchmark builds them when it is run first.
"""

from __future__ import annotations

from pathlib import Path

from beds.builds import Module, programs

_TOOLS = Path(__file__).resolve().parent.parent
_FLAGS = {"CGO_ENABLED": "1", "GOFLAGS": "-mod=readonly -buildvcs=false -trimpath"}
_MODULES = {
    "helm": Module(_TOOLS / "helm", {"helm": "helm.sh/helm/v4/cmd/helm"}, environment=_FLAGS),
    "helmfile": Module(
        _TOOLS / "helmfile", {"helmfile": "github.com/helmfile/helmfile"}, environment=_FLAGS
    ),
}


def built() -> dict[str, Path]:
    """Where Helm and Helmfile are, by name; what is not built yet is built now."""
    return {name: programs(module, [name])[name] for name, module in _MODULES.items()}
