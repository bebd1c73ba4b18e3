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
class Access:
    """How an environment's target may be reached and what it may do there; of local nothing counts.

    `kubeconfig` is a file ("": KUBECONFIG, else ~/.kube/config, else the pod that we run in).
    `exec_plugins`: whether that file may name a program to run for credentials. `take_over`: whether
    fields that another manager of the cluster owns may be taken from it. `status_only`: what the
    cluster says of its pods is all the evidence there is; nobody is asked. `telemetry` is where pods
    send it, `host:port` of a machine that conducts; "": nobody receives any.
    """

    kubeconfig: str = ""
    exec_plugins: bool = False
    take_over: bool = False
    status_only: bool = False
    telemetry: str = ""


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
    says; `secrets` are names of Kubernetes Secrets that exist there.
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
    waivers: tuple[Waiver, ...] = ()
    floors: Mapping[str, Severity] = field(default_factory=dict[str, Severity])
    trust: Trust = field(default_factory=Trust)
    context: str = ""
    namespace: str = ""
    break_glass: bool = True
    kubernetes: str = ""
    secrets: tuple[str, ...] = ()
    access: Access = field(default_factory=Access)

    def demand(self, what: str | SignalKind) -> Demand:
        """How much `what` is asked for; off unless stated."""
        return self.demands.get(str(what), Demand.OFF)
