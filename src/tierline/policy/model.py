"""A policy as a value: built in per kind of environment, tightened by the mesh, set by a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from tierline.facts.decision import Severity
from tierline.facts.evidence import SignalKind
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.mesh.defect import Place


class EnvironmentKind(StrEnum):
    """How careful an environment is. One that nobody declared is production."""

    LOCAL = "local"
    STAGING = "staging"
    PRODUCTION = "production"


class Demand(StrEnum):
    """How much something is asked for. `EXPECTED`: its absence is a warning."""

    OFF = "off"
    EXPECTED = "expected"
    REQUIRED = "required"


class TierMode(StrEnum):
    """`STRICT`: an effective tier opens when all lower ones are settled. `PREFER`: only priority."""

    STRICT = "strict"
    PREFER = "prefer"


class OnFailure(StrEnum):
    """What a failed service does to the rollout."""

    HOLD = "hold"
    ROLLBACK = "rollback"


class OnTierFailure(StrEnum):
    """What a failed service does to later tiers."""

    CONTINUE = "continue"
    HOLD = "hold"


class OnBoundary(StrEnum):
    """What a service does whose live answers break its contract.

    `FAIL`: it fails. `CONSUMERS`: who uses what broke is held, as long as everybody can be.
    """

    FAIL = "fail"
    CONSUMERS = "consumers"


@frozen
class Limits:
    """Numbers that bound a rollout; seconds, counts, shares between 0 and 1.

    `failure_budget` is how many services may fail before nothing new starts; None is unlimited.
    `approval_hours` is how old an approval may be when its rollout begins.
    `good_share`/`bad_share`/`alpha`/`beta`/`requests` set Wald's sequential test of errors.
    """

    max_parallel: int = 8
    failure_budget: int | None = None
    attempts: int = 3
    retry_seconds: float = 1.0
    build_seconds: float = 600.0
    verify_seconds: float = 30.0
    stop_seconds: float = 10.0
    good_share: float = 0.01
    bad_share: float = 0.05
    alpha: float = 0.01
    beta: float = 0.01
    requests: int = 400
    approval_hours: float = 72.0


@frozen
class WatchLimits:
    """Numbers that bound a watch, in seconds; they decide no plan, and so are not part of one.

    `watch_seconds` is how long a release is watched unless it is said. What lasts for
    `sustained_seconds` fails a service (or holds it, if evidence is missing), what is shorter is
    told. Telemetry that keeps coming counts as stopped after `silence_seconds`.
    """

    watch_seconds: float = 600.0
    sustained_seconds: float = 10.0
    silence_seconds: float = 90.0


@frozen
class EvidenceLimits:
    """Numbers that bound evidence from before a rollout: `test_hours` is how old a test may be.

    They decide a verdict, which a plan has, and not how it is carried out.
    """

    test_hours: float = 168.0


@frozen
class HorizonLimits:
    """How far back an environment may still go after a release is over.

    The `horizon_revisions` newest revisions of a service that were verified before the one that runs,
    as far as they ran within the last `horizon_hours`. They decide a verdict, which a plan has.
    """

    horizon_revisions: int = 1
    horizon_hours: float = 72.0


@frozen
class KeepLimits:
    """`kept_revisions` is how many revisions of a service stay available, so that one can come back.

    What runs, and what a plan would go back to, is kept besides. They decide no plan.
    """

    kept_revisions: int = 10


@frozen
class Waiver:
    """A named exception: findings of `code` (of one service, or all) count as warnings.

    One with `findings` is only for those, each a fingerprint and words for people. `issue` is the
    ledger's entry that it belongs to. `place` is where it is written.
    """

    code: str
    service_id: str | None
    reason: str
    author: str
    expires: Instant
    findings: tuple[str, ...] = ()
    place: Place = Place("")
    issue: str = ""

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Of its findings; none for a waiver of all findings of its code."""
        return tuple(line.partition(" ")[0] for line in self.findings)


@frozen
class TrustedKey:
    """A public key (`ed25519:` and its 32 bytes in base64) and the name of who holds it."""

    holder: str
    key: str


@frozen
class Approver:
    """Somebody who may approve plans, and the e-mail addresses under which she commits."""

    name: str
    emails: tuple[str, ...] = ()


@frozen
class Trust:
    """Whom an environment believes: public keys, people who approve, registries to pull from.

    `kinds` are kinds of Kubernetes that manifests may have beyond those of an ordinary service.
    """

    keys: tuple[TrustedKey, ...] = ()
    approvers: tuple[Approver, ...] = ()
    registries: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def holder(self, key: str) -> str | None:
        """Whose key it is; None for one that is not trusted."""
        return next((one.holder for one in self.keys if one.key == key), None)

    def approver(self, name: str) -> Approver | None:
        """The approver of that name; None for somebody who may not approve."""
        return next((one for one in self.approvers if one.name == name), None)


@frozen
class SignalSource:
    """A server that keeps one kind of telemetry, and how what it keeps names its sender.

    `kind` is a row of the table of sources; `url` where it is. `labels` name service, version and
    instance ("" each: what is usual there). `metric` is what a service has to have, `match` a further
    condition, in that server's words. `tenant` and `token_file` say who asks. Asked every `every`
    seconds.
    """

    signal: SignalKind
    kind: str
    url: str
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    metric: str = ""
    match: str = ""
    tenant: str = ""
    token_file: str = ""
    every: float = 5.0


@frozen
class EventSource:
    """The service of the mesh that keeps events, and how it is read: a row of the table of buses."""

    kind: str
    service: str


@frozen
class Access:
    """How an environment's target may be reached and what it may do there; of local nothing counts.

    `kubeconfig` is a file ("": KUBECONFIG, else ~/.kube/config, else the pod that we run in).
    `exec_plugins`: whether that file may name a program to run for credentials. `take_over`: whether
    fields that another manager of the cluster owns may be taken from it. `status_only`: what the
    cluster says of its pods is all the evidence there is; nobody is asked. `telemetry` is where pods
    send it, `host:port` of a machine that conducts; "": nobody receives any. `sources` are asked
    for telemetry besides. `bus` is where events are read; None: nowhere.
    """

    kubeconfig: str = ""
    exec_plugins: bool = False
    take_over: bool = False
    status_only: bool = False
    telemetry: str = ""
    sources: tuple[SignalSource, ...] = ()
    bus: EventSource | None = None


@frozen
class Voucher:
    """Who says of a service outside the mesh that it is there: an address that is asked, or a person.

    `probe` is `http(s)://...` or `tcp://host:port`; "" where `author` attests it until `expires`.
    """

    probe: str = ""
    author: str = ""
    reason: str = ""
    expires: Instant = 0.0


@frozen
class Shipping:
    """What becomes of a mesh's manifests on their way to an environment; of local nothing counts.

    `overlay` is a folder of `environments/k8s/overlays` ("": that of the environment's name, if there
    is one). `values` are what keys of ConfigMaps, and variables of containers, hold there instead.
    `image` is how a name and a tag become what a registry is asked for, with {name} and {tag}.
    """

    overlay: str = ""
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    image: str = ""


DEMANDS = (
    "implemented",
    "staging",
    "tests",
    "trusted_tests",
    "unit_tests",
    "integration_tests",
    "contract_tests",
    "externals",
    "contracts",
    "boundaries",
    "approval",
    "independence",
    "scripts",
    *(str(kind) for kind in SignalKind),
)
"""What a policy may ask for, in the order in which people read it"""


@frozen
class Policy:
    """Everything that decides how strict an environment is.

    `severities` overrides the built-in severity of a finding code for this environment; `floors`
    is how bad a code counts at least, as the mesh itself asks. `demands` has keys of `DEMANDS`.
    `assume_externals`: externals are taken as present and reported, not probed. `context` and
    `namespace` say where the target is; "" where it needs none. `break_glass`: whether a person may
    pass gates in an emergency. `kubernetes` is the version that runs there (`1.35`), "" where nobody
    says; `secrets` are names of Kubernetes Secrets that exist there. `vouchers`: external -> who
    vouches for it.
    """

    environment: str
    kind: EnvironmentKind
    target: str
    tiers: TierMode = TierMode.STRICT
    on_failure: OnFailure = OnFailure.HOLD
    on_tier_failure: OnTierFailure = OnTierFailure.CONTINUE
    assume_externals: bool = True
    severities: Mapping[str, Severity] = field(default_factory=dict[str, Severity])
    demands: Mapping[str, Demand] = field(default_factory=dict[str, Demand])
    limits: Limits = field(default_factory=Limits)
    watching: WatchLimits = field(default_factory=WatchLimits)
    evidence: EvidenceLimits = field(default_factory=EvidenceLimits)
    horizon: HorizonLimits = field(default_factory=HorizonLimits)
    keeping: KeepLimits = field(default_factory=KeepLimits)
    waivers: tuple[Waiver, ...] = ()
    floors: Mapping[str, Severity] = field(default_factory=dict[str, Severity])
    trust: Trust = field(default_factory=Trust)
    context: str = ""
    namespace: str = ""
    break_glass: bool = True
    kubernetes: str = ""
    secrets: tuple[str, ...] = ()
    access: Access = field(default_factory=Access)
    shipping: Shipping = field(default_factory=Shipping)
    on_boundary: OnBoundary = OnBoundary.FAIL
    vouchers: Mapping[str, Voucher] = field(default_factory=dict[str, "Voucher"])

    def demand(self, what: str | SignalKind) -> Demand:
        """How much `what` is asked for; off unless stated."""
        return self.demands.get(str(what), Demand.OFF)
