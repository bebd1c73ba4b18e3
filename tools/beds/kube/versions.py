"""The programs of a test cluster, and the Go module that pins them (tools/kubernetes)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from beds.builds import Module

FOLDER = Path(__file__).resolve().parents[2] / "kubernetes"
CONTROL_PLANE = (
    "etcd",
    "kube-apiserver",
    "kubectl",
    "kube-controller-manager",
    "kube-scheduler",
)
NODE = ("kubelet", "kube-proxy", "coredns", "containerd", "containerd-shim-runc-v2", "pause")

_COMPONENT = "k8s.io/component-base/version"
_KUBERNETES = "k8s.io/kubernetes/cmd"
_CONTAINERD = "github.com/containerd/containerd/v2"


@cache
def module() -> Module:
    """The module, with the version that Kubernetes' programs are to call themselves."""
    kubernetes, containerd = required("k8s.io/kubernetes"), required(_CONTAINERD)
    major, minor, _ = kubernetes.removeprefix("v").split(".")
    said = {
        f"{_COMPONENT}.gitVersion": kubernetes,
        f"{_COMPONENT}.gitMajor": major,
        f"{_COMPONENT}.gitMinor": minor,
        f"{_CONTAINERD}/version.Version": containerd,
    }
    kube = [name for name in (*CONTROL_PLANE, *NODE) if name.startswith("kube")]
    return Module(
        folder=FOLDER,
        packages={
            **{name: f"{_KUBERNETES}/{name}" for name in kube},
            **{name: f"{_CONTAINERD}/cmd/{name}" for name in NODE if name.startswith("containerd")},
            **{name: f"./{name}" for name in ("etcd", "coredns", "pause", "registry")},
            "kwok": "sigs.k8s.io/kwok/cmd/kwok",
        },
        ldflags=" ".join(["-s -w", *(f"-X {name}={value}" for name, value in said.items())]),
        tags="no_btrfs no_zfs no_devmapper no_aufs",
        ready_made="KUBEBUILDER_ASSETS",
    )


def required(path: str) -> str:
    """The version of a module that go.mod requires."""
    lines = (line.split() for line in (FOLDER / "go.mod").read_text().splitlines())
    return next(words[1] for words in lines if len(words) >= 2 and words[0] == path)
