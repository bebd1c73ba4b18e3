"""The shape of a policy file and of a mesh's `[policy]` table; the only place that needs pydantic.

Imported late, by the functions that read one: most commands read neither. The ranges are those of
`Limits`; what a mesh may change is judged elsewhere.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from tierline.facts.decision import Severity
from tierline.policy.model import (
    Demand,
    EnvironmentKind,
    OnBoundary,
    OnFailure,
    OnTierFailure,
    TierMode,
)
from tierline.policy.source_table import SourcesTable
from tierline.policy.trust import approver_of, trusted_key_of

Name = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*/[a-z0-9][a-z0-9-]*$", max_length=100)]
Words = Annotated[str, Field(min_length=1, max_length=1000)]
IssueId = Annotated[str, Field(pattern=r"^I-[0-9a-f]{8}$")]
ObjectName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")]
VariableName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,253}$")]
ObjectKind = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]{0,62}$")]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Hours = Annotated[float, Field(gt=0, le=8_760)]
Share = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(ge=1, le=100_000, strict=True)]


class _Table(BaseModel):
    """A table in which an unknown key is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


def _key_line(line: str) -> str:
    trusted_key_of(line)
    return line


def _approver_line(line: str) -> str:
    approver_of(line)
    return line


def _end(expires: dt.datetime | dt.date) -> dt.datetime | dt.date:
    if isinstance(expires, dt.datetime) and expires.tzinfo is None:
        msg = "a time needs its offset from UTC, such as Z"
        raise ValueError(msg)
    return expires


FindingLine = Annotated[str, Field(pattern=r"^[0-9a-f]{20}( .*)?$", max_length=400)]
KeyLine = Annotated[str, Field(max_length=200), AfterValidator(_key_line)]
ApproverLine = Annotated[str, Field(max_length=1000), AfterValidator(_approver_line)]


class RequirementsTable(_Table):
    """How much each thing is asked for: off, expected (its absence is a warning), required."""

    implemented: Demand | None = None
    """the service is listed in implemented-services.yaml"""
    staging: Demand | None = None
    """this revision was verified in staging"""
    tests: Demand | None = None
    """test evidence of this revision"""
    trusted_tests: Demand | None = None
    """test evidence signed with a trusted key"""
    unit_tests: Demand | None = None
    """that `tests` is about the unit suite; expected: what it lacks is never more than a warning"""
    integration_tests: Demand | None = None
    """the same for the integration suite"""
    contract_tests: Demand | None = None
    """the same for the contract suite"""
    externals: Demand | None = None
    """a probe or attestation of every external; expected: assumed and reported"""
    contracts: Demand | None = None
    """contracts compared with what runs"""
    boundaries: Demand | None = None
    """a contract file for every boundary between services"""
    approval: Demand | None = None
    """the plan is signed by an approver"""
    independence: Demand | None = None
    scripts: Demand | None = None
    """whoever approves wrote none of what ships"""
    logs: Demand | None = None
    metrics: Demand | None = None
    traces: Demand | None = None


class LimitsTable(_Table):
    """Numbers that bound a rollout; seconds, counts, shares between 0 and 1."""

    max_parallel: Count | None = None
    """services in flight at once"""
    failure_budget: Annotated[int, Field(ge=0, strict=True)] | None = None
    """services that may fail before nothing new starts"""
    attempts: Count | None = None
    retry_seconds: Seconds | None = None
    build_seconds: Seconds | None = None
    verify_seconds: Seconds | None = None
    stop_seconds: Seconds | None = None
    watch_seconds: Seconds | None = None
    """how long a release is watched after its rollout"""
    sustained_seconds: Seconds | None = None
    """how long a watched service may be ill before it is failed"""
    silence_seconds: Seconds | None = None
    """after how long telemetry of a watched service counts as stopped"""
    good_share: Share | None = None
    bad_share: Share | None = None
    alpha: Share | None = None
    beta: Share | None = None
    requests: Count | None = None
    approval_hours: Hours | None = None
    """how old an approval may be when its rollout begins"""
    test_hours: Hours | None = None
    """how old test evidence may be"""
    horizon_revisions: Annotated[int, Field(ge=0, le=20, strict=True)] | None = None
    """former revisions of a service that a release must still work with; 0: none"""
    horizon_hours: Hours | None = None
    """how long a former revision counts after it was replaced"""
    kept_revisions: Count | None = None
    """revisions of a service that stay available"""

    @model_validator(mode="after")
    def _shares_in_order(self) -> LimitsTable:
        if self.good_share and self.bad_share and self.good_share >= self.bad_share:
            msg = "good_share must be smaller than bad_share"
            raise ValueError(msg)
        return self


class Rules(_Table):
    """What a policy file and a mesh can both say about how strict an environment is."""

    tiers: TierMode | None = None
    on_tier_failure: OnTierFailure | None = None
    requirements: RequirementsTable = Field(default_factory=RequirementsTable)
    limits: LimitsTable = Field(default_factory=LimitsTable)
    severity: dict[Code, Severity] = Field(default_factory=dict)


class VoucherTable(_Table):
    """Who says of a service outside the mesh that it is there: a probe, or a person for a time."""

    probe: Annotated[
        str,
        Field(
            pattern=r"^$|^https?://[A-Za-z0-9._\[\]:-]+(/[!-~]*)?$|^tcp://[A-Za-z0-9._\[\]:-]+:[1-9][0-9]{0,4}$",
            max_length=1000,
        ),
    ] = ""
    """asked by each command that judges: http(s)://... answers 2xx, tcp://host:port accepts"""
    reason: Words | None = None
    author: Words | None = None
    expires: Annotated[dt.datetime | dt.date, AfterValidator(_end)] | None = None
    """an instant with its offset, or a date: until that day ends in UTC"""

    @model_validator(mode="after")
    def _one_of_both(self) -> VoucherTable:
        attested = (self.reason, self.author, self.expires)
        if self.probe and any(attested):
            msg = "give a probe, or reason, author and expires; not both"
            raise ValueError(msg)
        if not self.probe and not all(attested):
            msg = "give a probe, or reason, author and expires, all three"
            raise ValueError(msg)
        return self


class EnvironmentTable(Rules):
    """A named place: what runs services there, and rules of its own over those of the file."""

    kind: EnvironmentKind = EnvironmentKind.PRODUCTION
    target: Literal["", "local", "simulated", "compose", "kubernetes"] = ""
    context: Annotated[str, Field(max_length=253)] = ""
    namespace: Annotated[str, Field(pattern=r"^$|^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")] = ""
    on_failure: OnFailure | None = None
    on_boundary: OnBoundary | None = None
    break_glass: Annotated[bool, Field(strict=True)] | None = None
    """whether a person may pass gates in an emergency; true unless stated"""
    kubernetes: Annotated[str, Field(pattern=r"^$|^1\.[1-9][0-9]?$")] = ""
    """the version of Kubernetes that runs there, such as 1.35; manifests are judged by it"""
    secrets: list[ObjectName] = Field(default_factory=list)
    """Kubernetes Secrets that exist there, so that manifests may refer to them"""
    kubeconfig: Annotated[str, Field(max_length=1000)] = ""
    """the file that says how to reach the cluster; relative to the policy file's folder"""
    exec_plugins: Annotated[bool, Field(strict=True)] = False
    """whether the kubeconfig may name a program to run for credentials"""
    take_over: Annotated[bool, Field(strict=True)] = False
    """whether fields that another manager of the cluster owns may be taken from it"""
    telemetry: Annotated[str, Field(pattern=r"^$|^[A-Za-z0-9.:\[\]-]{1,250}:[1-9][0-9]{0,4}$")] = ""
    """host:port at which pods reach whoever conducts; OTLP over HTTP is received there"""
    sources: SourcesTable = Field(default_factory=SourcesTable)
    """servers that are asked for telemetry, by its kind: metrics, logs, traces"""
    overlay: Annotated[str, Field(pattern=r"^$|^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")] = ""
    """the folder of environments/k8s/overlays; that of the environment's name unless stated"""
    values: dict[VariableName, Annotated[str, Field(max_length=10_000)]] = Field(
        default_factory=dict
    )
    """what keys of ConfigMaps and variables of containers hold there instead"""
    image: Annotated[
        str, Field(pattern=r"^$|^[A-Za-z0-9][A-Za-z0-9.:/_{}-]*\{tag\}$", max_length=300)
    ] = ""
    """what a registry is asked for with --image-tag, such as registry.example/{name}:{tag}"""
    externals: dict[Words, VoucherTable] = Field(default_factory=dict)
    """services outside the mesh, by id: who vouches for them"""
    evidence: Literal["full", "status-only"] = "full"
    """status-only: what the cluster says of its pods is all; not for staging and production"""

    @model_validator(mode="after")
    def _asks_where_it_matters(self) -> EnvironmentTable:
        if self.evidence == "status-only" and self.kind is not EnvironmentKind.LOCAL:
            msg = f'evidence = "status-only" is refused where kind is {self.kind}: nobody would ask the services'
            raise ValueError(msg)
        if self.evidence == "status-only" and self.target != "kubernetes":
            msg = f'evidence = "status-only" is for target "kubernetes"; here it is "{self.target or self.kind}"'
            raise ValueError(msg)
        return self


class TrustTable(_Table):
    """Whom to believe: public keys, people who approve, registries to pull from."""

    keys: list[KeyLine] = Field(default_factory=list)
    """HOLDER ed25519:KEY, as `tierline key new HOLDER` prints it"""
    approvers: list[ApproverLine] = Field(default_factory=list)
    """NAME, or NAME and the e-mail addresses under which that person commits"""
    registries: list[Words] = Field(default_factory=list)
    """where images may come from: a registry, or a folder of one (ghcr.io/acme)"""
    kinds: list[ObjectKind] = Field(default_factory=list)
    """kinds of Kubernetes that manifests of services may have beyond the usual ones"""


class WaiverTable(_Table):
    """A named exception: findings of this code count as warnings until it expires."""

    code: Code
    service: Words | None = None
    """the service id that it is for; every service when left out"""
    reason: Words
    author: Words
    expires: Annotated[dt.datetime | dt.date, AfterValidator(_end)]
    """an instant with its offset, or a date: until that day ends in UTC"""
    findings: list[FindingLine] = Field(default_factory=list)
    """only these, each by its fingerprint; the words after it are for people"""
    issue: IssueId | None = None
    """the issue of the ledger that it belongs to, such as I-0f3a9c21"""


class WaiversTable(_Table):
    """A file of waivers and nothing else: the baseline of a mesh."""

    version: Literal[1]
    waivers: list[WaiverTable] = Field(default_factory=list)


class PolicyTable(_Table):
    """A policy file of tierline."""

    version: Literal[1]
    environments: dict[Name, EnvironmentTable] = Field(default_factory=dict)
    tiers: TierMode | None = None
    on_failure: OnFailure | None = None
    on_boundary: OnBoundary | None = None
    break_glass: Annotated[bool, Field(strict=True)] | None = None
    on_tier_failure: OnTierFailure | None = None
    severity: dict[Code, Severity] = Field(default_factory=dict)
    requirements: RequirementsTable = Field(default_factory=RequirementsTable)
    limits: LimitsTable = Field(default_factory=LimitsTable)
    trust: TrustTable = Field(default_factory=TrustTable)
    waivers_from: list[Words] = Field(default_factory=list)
    """files with more waivers, such as a baseline; relative to the policy file's folder"""
    waivers: list[WaiverTable] = Field(default_factory=list)
