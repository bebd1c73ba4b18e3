"""The shape of a plan file, as pydantic checks it; knows nothing of what makes a plan true.

Its JSON Schema is published as `tierline/report/schemas/plan-1.json`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tierline.boundary.table import Table
from tierline.facts.decision import Decision
from tierline.facts.evidence import SignalKind
from tierline.plan.model import SCHEMA, Checkpoint
from tierline.policy.model import Demand, OnBoundary, OnFailure, OnTierFailure, TierMode
from tierline.rollback.foresight import Foresight

# No control characters, no marks that reorder or hide text.
_PLAIN = r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]{1,300}$"

Name = Annotated[str, Field(pattern=_PLAIN)]
Text = Annotated[str, Field(max_length=20_000)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
PartDigest = Annotated[str, Field(pattern=_PLAIN)]
Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class PartsShape(_Shape):
    """What a revision consists of: part -> digest."""

    source: dict[Name, PartDigest]
    configuration: dict[Name, PartDigest]


class ServiceShape(_Shape):
    """One planned service; `revision` is the identity of its `parts`."""

    service_id: Name
    tier: int
    effective_tier: int
    level: Count
    batch: Name
    owners: tuple[Name, ...]
    outside: tuple[Name, ...]
    externals: tuple[Name, ...]
    revision: Digest
    parts: PartsShape
    workloads: tuple[Name, ...]
    serves_http: bool
    decision: Decision
    expected_seconds: Annotated[float, Field(gt=0)]
    rank: Count
    argv: dict[Name, tuple[Text, ...]]
    after: tuple[Name, ...] = ()
    brings: tuple[SignalKind, ...] = ()


class BatchShape(_Shape):
    """The services of one effective tier and level."""

    id: Name
    effective_tier: int
    level: Count
    services: tuple[Name, ...]


class OverruledShape(_Shape):
    """A service that its declared tier would start too early, and the owner that decides."""

    service_id: Name
    tier: int
    effective_tier: int
    because: Name


class BlockerShape(_Shape):
    """Why the plan, or one service of it, is not GO."""

    code: Name
    service_id: Name | None
    message: Text
    chain: tuple[Name, ...]


class LeftOutShape(_Shape):
    """A selected service that is not released: not GO, or behind one that is not."""

    service_id: Name
    decision: Decision
    code: Name
    message: Text
    chain: tuple[Name, ...]
    batch: Name
    effective_tier: int


class LimitsShape(_Shape):
    """Numbers that bound the rollout."""

    max_parallel: Annotated[int, Field(ge=1)]
    failure_budget: Count | None
    attempts: Annotated[int, Field(ge=1)]
    retry_seconds: Seconds
    build_seconds: Seconds
    verify_seconds: Seconds
    stop_seconds: Seconds
    good_share: Share
    bad_share: Share
    alpha: Share
    beta: Share
    requests: Count
    approval_hours: Seconds


class RulesShape(_Shape):
    """The part of the policy that steers the rollout."""

    tiers: TierMode
    on_failure: OnFailure
    on_tier_failure: OnTierFailure
    limits: LimitsShape
    signals: dict[Name, Demand]
    evidence: Literal["full", "status-only"] = "full"
    on_boundary: OnBoundary = OnBoundary.FAIL


class PlanShape(_Shape):
    """A plan file. `digest` covers what decides the plan, `checksum` the whole document."""

    model_config = ConfigDict(title=f"plan file, {SCHEMA}")

    schema_: Annotated[Literal["tierline/plan/1"], Field(alias="schema")]
    digest: Digest
    checksum: Digest
    environment: Name
    target: Name
    mesh: Text
    selection: Text
    decision: Decision
    services: tuple[ServiceShape, ...]
    batches: tuple[BatchShape, ...]
    overruled: tuple[OverruledShape, ...]
    blockers: tuple[BlockerShape, ...]
    outside: dict[Name, Text]
    rules: RulesShape
    policy_digest: Text
    bound_seconds: Seconds
    bound_untiered_seconds: Seconds
    checkpoint: Checkpoint = Checkpoint.NONE
    ready_only: bool = False
    left_out: tuple[LeftOutShape, ...] = ()
    compared: Text = ""
    foresight: Foresight | None = None
    boundaries: Table | None = None
    together: tuple[Name, ...] = ()


def json_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of a plan file, as it is published."""
    schema = PlanShape.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:tierline:plan:1",
        **schema,
    }
