"""etcd, the API server, the controller manager and the scheduler of one test cluster.

They need no rights: any user on any Linux can have them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from beds import processes
from beds.kube.access import Api, write_kubeconfig
from beds.kube.certificates import Authority, Pair, signing_keys
from beds.places import free_ports

SECONDS = 60.0
"""what each program gets to become ready; on a quiet machine it takes five"""


PODS = "10.198.0.0/24"
SERVICES = "10.198.128.0/17"
FIRST_SERVICE = "10.198.128.1"
"""the API server's own address as a service; a cluster's addresses are seen in its bed alone"""


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a cluster's programs run: the address that they serve at, and words before their own.

    `outside` is this machine as they see it. On loopback the address is shared with all of the
    machine, so ports are looked for; elsewhere `holder` is a process that has the place, too.
    """

    address: str = "127.0.0.1"
    within: tuple[str, ...] = ()
    holder: int = 0
    outside: str = "127.0.0.1"

    @property
    def shared(self) -> bool:
        """Whether others use this address, too."""
        return not self.within


class ControlPlane:
    """What was started of a cluster, by its folder."""

    def __init__(self, bed: Path, programs: Mapping[str, Path], seat: Seat) -> None:
        """Make keys, ports and the kubeconfig `admin.kubeconfig`; nothing is started."""
        self.bed = bed
        self.seat = seat
        self.programs = programs
        self.authority = Authority(bed / "pki")
        self._accounts = signing_keys(bed / "pki")
        self.port, self._etcd, self._peer = free_ports(3) if seat.shared else (6443, 2379, 2380)
        self.server = f"https://{seat.address}:{self.port}"
        self.admin = self.api("tierline-admin", ("system:masters",))
        self.kubeconfig = write_kubeconfig(bed / "admin.kubeconfig", bed.name, self.admin)

    def api(self, user: str, groups: Iterable[str] = ()) -> Api:
        """The API server as a user of ours sees it, who comes with a new certificate."""
        return Api(self.server, self.authority.file, self.authority.client(user, groups))

    def kubeconfig_of(self, user: str, groups: Iterable[str] = ()) -> Path:
        """A kubeconfig file for a part of the cluster."""
        file = self.bed / f"{user.replace(':', '-')}.kubeconfig"
        return write_kubeconfig(file, self.bed.name, self.api(user, groups))

    def start(self, *, audit: bool = False) -> None:
        """Start all four and wait until the API serves and gives namespaces their accounts."""
        self._start("etcd", self._etcd_flags())
        audited = self._audit_flags() if audit else ()
        self._start("kube-apiserver", (*self._apiserver_flags(), *audited))
        processes.wait_until(
            self.bed, lambda: self.admin.status("/readyz") == 200, "the API server", SECONDS
        )
        self._start("kube-controller-manager", self._controller_flags())
        self._start("kube-scheduler", self._scheduler_flags())
        account = "/api/v1/namespaces/default/serviceaccounts/default"
        processes.wait_until(
            self.bed, lambda: self.admin.status(account) == 200, "the controllers", SECONDS
        )

    def _start(self, name: str, flags: Iterable[str]) -> None:
        processes.start(self.bed, name, [*self.seat.within, self.programs[name], *flags])

    def _etcd_flags(self) -> tuple[str, ...]:
        clients, peers = (f"http://127.0.0.1:{port}" for port in (self._etcd, self._peer))
        return (
            "--name=bed",
            f"--data-dir={self.bed / 'etcd'}",
            f"--listen-client-urls={clients}",
            f"--advertise-client-urls={clients}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=bed={peers}",
            "--unsafe-no-fsync",  # what a bed holds need not outlive the machine
            "--log-level=warn",
        )

    def _apiserver_flags(self) -> tuple[str, ...]:
        address = self.seat.address
        names = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
        names = (*names, "kubernetes.default.svc.cluster.local")
        addresses = dict.fromkeys((address, "127.0.0.1", FIRST_SERVICE))
        serving = self.authority.server("kube-apiserver", addresses, names)
        to_kubelets = self.authority.client("kube-apiserver-kubelet", ("system:masters",))
        return (
            f"--etcd-servers=http://127.0.0.1:{self._etcd}",
            f"--bind-address={address}",
            f"--advertise-address={address}",
            f"--secure-port={self.port}",
            # Loopback may not be a service's endpoint, and no pod is there to look for it.
            f"--endpoint-reconciler-type={'none' if self.seat.shared else 'lease'}",
            *_certificate_flags(serving, "tls-cert-file", "tls-private-key-file"),
            f"--client-ca-file={self.authority.file}",
            *_certificate_flags(to_kubelets, "kubelet-client-certificate", "kubelet-client-key"),
            "--kubelet-preferred-address-types=InternalIP",  # logs and proxies: names do not resolve
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-key-file={self._accounts.certificate}",
            f"--service-account-signing-key-file={self._accounts.key}",
            f"--service-cluster-ip-range={SERVICES}",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--allow-privileged",
            "--profiling=false",
        )

    def _audit_flags(self) -> tuple[str, ...]:
        """Who asked what, a line each when it was answered; bodies are left out."""
        policy = self.bed / "audit.yaml"
        policy.write_text(_AUDITED)
        return (f"--audit-policy-file={policy}", f"--audit-log-path={self.bed / 'audit.log'}")

    def _controller_flags(self) -> tuple[str, ...]:
        return (
            f"--kubeconfig={self.kubeconfig_of('system:kube-controller-manager')}",
            "--use-service-account-credentials",
            f"--service-account-private-key-file={self._accounts.key}",
            f"--root-ca-file={self.authority.file}",
            f"--cluster-cidr={PODS}",
            *_MODEST,
            *_QUICK,
        )

    def _scheduler_flags(self) -> tuple[str, ...]:
        kubeconfig = self.kubeconfig_of("system:kube-scheduler")
        return (f"--kubeconfig={kubeconfig}", *_MODEST, *_QUICK)


_AUDITED = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules: [{level: Metadata}]
"""
_MODEST = ("--leader-elect=false", "--secure-port=0", "--profiling=false")
"""the only one of its kind, which serves nobody"""
_QUICK = ("--kube-api-qps=300", "--kube-api-burst=600")
"""with their own limits of 20 and 50 requests a second they are what a large rollout waits for"""


def _certificate_flags(pair: Pair, certificate: str, key: str) -> tuple[str, str]:
    return f"--{certificate}={pair.certificate}", f"--{key}={pair.key}"
