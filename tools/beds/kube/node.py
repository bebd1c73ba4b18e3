"""The real node of a bed: containerd, kubelet, kube-proxy, CoreDNS, in the bed's own place.

Each setting that is not a default is here because pods did not start, or were not found, without.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import yaml

from beds import processes
from beds.kube import cgroups, images
from beds.kube.control_plane import PODS, SECONDS, ControlPlane
from beds.kube.registry import Registry

NAME = "node"
CNI = Path("/usr/lib/cni")
"""where Debian's containernetworking-plugins are"""
DOMAIN = "cluster.local"
_DNS_READY = 8181


def start(plane: ControlPlane, programs: Mapping[str, Path], registry: str) -> None:
    """Start the node's programs and wait until the node takes pods and names resolve."""
    pause = Registry(registry).push("pause", pause_image(programs["pause"]))
    _containerd(plane, programs, pause)
    _kubelet(plane, programs)
    _kube_proxy(plane, programs)
    _coredns(plane, programs)
    processes.wait_until(plane.bed, lambda: _is_ready(plane), "the node", SECONDS)


def pause_image(program: Path) -> images.Image:
    """The image of the program that holds a pod's network."""
    return images.make(images.Recipe({"/pause": program}, ["/pause"]))


def _containerd(plane: ControlPlane, programs: Mapping[str, Path], pause: str) -> None:
    bed = plane.bed
    network = bed / "cni"
    network.mkdir()
    (network / "10-bed.conflist").write_text(json.dumps(_pod_network()))
    configuration = bed / "containerd.toml"
    configuration.write_text(_CONTAINERD.format(bed=bed, cni=CNI, network=network, pause=pause))
    _start(
        plane,
        "containerd",
        [programs["containerd"], "--config", configuration],
        PATH=f"{programs['containerd'].parent}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    )
    socket = bed / "containerd.sock"
    processes.wait_until(bed, socket.exists, "containerd", SECONDS)


_CONTAINERD = """\
version = 3
root = "{bed}/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.nri.v1.nri"]

[grpc]
address = "{bed}/containerd.sock"

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "{pause}"

[plugins."io.containerd.cri.v1.runtime"]
restrict_oom_score_adj = true

[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["{cni}"]
conf_dir = "{network}"
"""
"""`restrict_oom_score_adj`: without CAP_SYS_RESOURCE no pod starts otherwise."""


def _pod_network() -> dict[str, Any]:
    """Each pod is a neighbour of the node alone.

    All between pods is routed, so Services work whether or not bridged traffic passes iptables.
    """
    addresses = {
        "type": "host-local",
        "ranges": [[{"subnet": PODS}]],
        "routes": [{"dst": "0.0.0.0/0"}],
        "dataDir": "/run/cni",
    }
    ports = {"type": "portmap", "capabilities": {"portMappings": True}}
    plugins = [{"type": "ptp", "ipam": addresses}, ports]
    return {"cniVersion": "1.0.0", "name": "bed", "plugins": plugins}


def _kubelet(plane: ControlPlane, programs: Mapping[str, Path]) -> None:
    bed, address = plane.bed, plane.seat.address
    resolver = bed / "resolv.conf"
    resolver.write_text(f"nameserver {address}\n")
    configuration = bed / "kubelet.yaml"
    configuration.write_text(yaml.safe_dump(_kubelet_configuration(plane, resolver)))
    kubeconfig = plane.kubeconfig_of(f"system:node:{NAME}", ("system:nodes",))
    _start(
        plane,
        "kubelet",
        [
            programs["kubelet"],
            f"--config={configuration}",
            f"--kubeconfig={kubeconfig}",
            f"--root-dir={bed / 'kubelet'}",
            f"--cert-dir={bed / 'pki' / 'kubelet'}",
            f"--hostname-override={NAME}",
            f"--node-ip={address}",
        ],
    )


def _kubelet_configuration(plane: ControlPlane, resolver: Path) -> dict[str, Any]:
    bed = plane.bed
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": plane.seat.address,
        "authentication": {"x509": {"clientCAFile": str(plane.authority.file)}},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": cgroups.make(bed),  # kubelets remove the groups of pods that they do not know
        "failCgroupV1": False,
        "failSwapOn": False,
        "clusterDNS": [plane.seat.address],
        "clusterDomain": DOMAIN,
        "resolvConf": str(resolver),
        "containerRuntimeEndpoint": f"unix://{bed / 'containerd.sock'}",
        "podLogsDir": str(bed / "pods"),
        "volumePluginDir": str(bed / "volume-plugins"),
        "evictionHard": {
            "memory.available": "0%",
            "nodefs.available": "0%",
            "imagefs.available": "0%",
        },
        "imageGCHighThresholdPercent": 100,
        "serializeImagePulls": False,
        "registryPullQPS": 0,
        "eventRecordQPS": 0,
        "maxPods": 200,
    }


def _kube_proxy(plane: ControlPlane, programs: Mapping[str, Path]) -> None:
    _start(
        plane,
        "kube-proxy",
        [
            programs["kube-proxy"],
            f"--kubeconfig={plane.kubeconfig_of('system:kube-proxy')}",
            f"--hostname-override={NAME}",
            "--proxy-mode=iptables",
            f"--cluster-cidr={PODS}",
            "--conntrack-max-per-core=0",  # the limit is the machine's: a network of its own may not set it
            "--iptables-min-sync-period=100ms",
        ],
    )


def _coredns(plane: ControlPlane, programs: Mapping[str, Path]) -> None:
    user, rights = "system:coredns", "/apis/rbac.authorization.k8s.io/v1"
    plane.admin.post(f"{rights}/clusterroles", _DNS_ROLE)
    plane.admin.post(f"{rights}/clusterrolebindings", _binding(user, "coredns"))
    configuration = plane.bed / "Corefile"
    configuration.write_text(
        _COREFILE.format(
            address=plane.seat.address,
            domain=DOMAIN,
            kubeconfig=plane.kubeconfig_of(user),
            ready=_DNS_READY,
        )
    )
    _start(plane, "coredns", [programs["coredns"], "-conf", configuration])


_COREFILE = """\
.:53 {{
    bind {address}
    errors
    ready {address}:{ready}
    kubernetes {domain} in-addr.arpa {{
        kubeconfig {kubeconfig}
        ttl 1
    }}
}}
"""
_DNS_ROLE = {
    "metadata": {"name": "coredns"},
    "rules": [
        {
            "apiGroups": ["", "discovery.k8s.io"],
            "resources": ["services", "pods", "namespaces", "endpointslices"],
            "verbs": ["list", "watch"],
        }
    ],
}


def _binding(user: str, role: str) -> dict[str, Any]:
    return {
        "metadata": {"name": role},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
    }


def _is_ready(plane: ControlPlane) -> bool:
    if plane.admin.status(f"/api/v1/nodes/{NAME}") != 200:
        return False
    conditions = plane.admin.get(f"/api/v1/nodes/{NAME}")["status"].get("conditions", [])
    if not any(c["type"] == "Ready" and c["status"] == "True" for c in conditions):
        return False
    try:
        with urlopen(f"http://{plane.seat.address}:{_DNS_READY}/ready", timeout=1) as answer:
            return answer.status == 200
    except (URLError, ConnectionError, TimeoutError):
        return False


def _start(plane: ControlPlane, name: str, argv: list[str | Path], **environment: str) -> None:
    processes.start(plane.bed, name, [*plane.seat.within, *argv], environment)
