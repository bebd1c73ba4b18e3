"""Which rules hold in an environment: built in, then the policy file, then the mesh's tightening.

Knows no disk: whoever calls has read the policy file and tierline.toml.
"""

from __future__ import annotations

import dataclasses

from tierline.errors import UsageError
from tierline.mesh.defect import Defect
from tierline.mesh.settings import Settings
from tierline.mesh.source import Source
from tierline.policy.builtin import builtin
from tierline.policy.file import LOCAL, DeclaredEnvironment, FileRules, PolicyFile
from tierline.policy.limits import limited
from tierline.policy.model import Demand, EnvironmentKind, Policy
from tierline.policy.tighten import tighten
from tierline.regex import regex

_ENVIRONMENT = regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def resolve(
    environment: str,
    file: PolicyFile | None,
    settings: Settings,
    shown_path: str = "tierline.toml",
    content: bytes = b"",
) -> tuple[Policy, tuple[Defect, ...]]:
    """The policy of an environment, and a defect for each thing that the mesh tried to loosen.

    `local` always exists and always begins with the local policy; an environment that the file
    does not declare is production, with no target ("": the caller must name one). `shown_path` and
    `content` of the mesh's tierline.toml serve the places of defects. An impossible name raises
    UsageError.
    """
    if not _ENVIRONMENT.fullmatch(environment):
        raise UsageError(
            f"environment {environment[:70]!r}: a name has 1 to 63 of a-z, 0-9 and - between them",
            code="usage/environment",
            fix="give --env a name such as local, staging or production-eu",
        )
    declared = file.environments.get(environment) if file else None
    policy = _base(environment, declared)
    if file:
        policy = dataclasses.replace(policy, trust=file.trust, waivers=file.waivers)
        policy = _with_rules(policy, file.rules)
    if declared:
        policy = _with_rules(policy, declared.rules)
    return tighten(policy, settings.tightening, Source(shown_path, "settings"), content)


def _base(environment: str, declared: DeclaredEnvironment | None) -> Policy:
    if declared is None:
        if environment == LOCAL:
            return builtin(environment, EnvironmentKind.LOCAL, "local")
        return builtin(environment, EnvironmentKind.PRODUCTION, "")
    policy = builtin(environment, declared.kind, declared.target)
    return dataclasses.replace(
        policy,
        context=declared.context,
        namespace=declared.namespace,
        kubernetes=declared.kubernetes,
        secrets=declared.secrets,
        access=declared.access,
        shipping=declared.shipping,
        vouchers=declared.vouchers,
    )


def _with_rules(policy: Policy, rules: FileRules) -> Policy:
    """The policy as a policy file changes it: stricter or looser, as its authors like."""
    demands = {**policy.demands, **rules.demands}
    return dataclasses.replace(
        policy,
        tiers=rules.tiers or policy.tiers,
        on_failure=rules.on_failure or policy.on_failure,
        on_tier_failure=rules.on_tier_failure or policy.on_tier_failure,
        on_boundary=rules.on_boundary or policy.on_boundary,
        demands=demands,
        assume_externals=demands["externals"] is not Demand.REQUIRED,
        limits=limited(policy.limits, rules.limits),
        watching=limited(policy.watching, rules.limits),
        evidence=limited(policy.evidence, rules.limits),
        horizon=limited(policy.horizon, rules.limits),
        keeping=limited(policy.keeping, rules.limits),
        severities={**policy.severities, **rules.severities},
        break_glass=policy.break_glass if rules.break_glass is None else rules.break_glass,
    )
