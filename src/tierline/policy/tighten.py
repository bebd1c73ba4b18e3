"""What a mesh may add to its policy: only what makes it stricter; knows no file and no gate.

Which direction is stricter, for each key of the `[policy]` table of tierline.toml:

- `tiers`: strict over prefer. `on_tier_failure`: hold over continue.
- `[policy.requirements]`: required over expected over off.
- `[policy.severity]`: fail over unknown over warn over ok; it sets a floor, never a ceiling.
- `[policy.limits]`: smaller for max_parallel, failure_budget, attempts, build_seconds,
  verify_seconds, stop_seconds, sustained_seconds, silence_seconds, bad_share, alpha, beta,
  requests, approval_hours and test_hours (fewer at once, fewer chances, less patience, fewer errors
  tolerated, more certainty asked for); larger for retry_seconds and watch_seconds (more time for a failure to
  show), horizon_revisions, horizon_hours and kept_revisions (more ways back that stay open). good_share has no stricter direction (a smaller one accepts a clean sample sooner), so only
  a policy file sets it; the same goes for on_failure, on_boundary and break_glass.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

from tierline.frozen import frozen
from tierline.mesh.defect import Defect
from tierline.mesh.source import Source
from tierline.mesh.tomltext import read_toml
from tierline.policy.file import FileRules, file_rules
from tierline.policy.key_errors import KeyPath, dotted, error_words
from tierline.policy.limits import limit_of, limited
from tierline.policy.model import Demand, OnTierFailure, Policy, TierMode
from tierline.policy.plain import plain_rules

SMALLER_IS_STRICTER = frozenset(
    {
        "max_parallel",
        "failure_budget",
        "attempts",
        "build_seconds",
        "verify_seconds",
        "stop_seconds",
        "sustained_seconds",
        "silence_seconds",
        "bad_share",
        "alpha",
        "beta",
        "requests",
        "approval_hours",
        "test_hours",
    }
)
LARGER_IS_STRICTER = frozenset(
    {"retry_seconds", "watch_seconds", "horizon_revisions", "horizon_hours", "kept_revisions"}
)

_DEMAND_RANK = {Demand.OFF: 0, Demand.EXPECTED: 1, Demand.REQUIRED: 2}


@frozen
class _Refusal:
    """Something that the mesh asked for and does not get."""

    key: KeyPath
    message: str
    fix: str


def tighten(
    policy: Policy, wanted: Mapping[str, object], source: Source, content: bytes
) -> tuple[Policy, tuple[Defect, ...]]:
    """The policy with everything of `wanted` that is stricter, and a defect for all the rest.

    `wanted` is the `[policy]` table as written. A key that says what holds already is fine. One
    malformed key voids the table (its defects say which): a mesh cannot ask by halves. `source` is
    tierline.toml, `content` its bytes, from which the places of keys are read.
    """
    if not wanted:
        return policy, ()
    rules = plain_rules(wanted)
    if rules is None:
        rules, wrong = _validated(wanted, source)
        if rules is None:
            return policy, _defects(wrong, "policy-table", source, content)
    tightened, refused = _apply(policy, rules)
    return tightened, _defects(refused, "loosens", source, content)


def _validated(
    wanted: Mapping[str, object], source: Source
) -> tuple[FileRules | None, list[_Refusal]]:
    """The rules, or all that is wrong with them."""
    from pydantic import ValidationError  # noqa: PLC0415 - slow to import, and rarely needed

    from tierline.policy.document import Rules  # noqa: PLC0415 - it needs pydantic

    try:
        return file_rules(Rules.model_validate(wanted)), []
    except ValidationError as error:
        fix = f"correct [policy] of {source.path}; nothing of it counts until it has no error"
        return None, [
            _Refusal(path, f"policy.{dotted(path)}: {words}", fix)
            for path, words in error_words(error)
        ]


def tightening_schema() -> dict[str, object]:
    """JSON Schema (draft 2020-12) of the `[policy]` table of tierline.toml."""
    from tierline.policy.document import Rules  # noqa: PLC0415 - it needs pydantic

    return Rules.model_json_schema()


def _defects(
    refused: Iterable[_Refusal], slug: str, source: Source, content: bytes
) -> tuple[Defect, ...]:
    """A defect for each, at its key where the content is known."""
    read = read_toml(content, Source(source.path, source.gate))
    for one in refused:
        at = read[1].of("policy", *map(str, one.key)) if read else None
        source.defect(slug, one.message, at, one.fix)
    return tuple(source.defects)


def _apply(policy: Policy, rules: FileRules) -> tuple[Policy, list[_Refusal]]:
    refused: list[_Refusal] = []
    tiers, on_tier_failure = policy.tiers, policy.on_tier_failure
    if rules.tiers is TierMode.PREFER and tiers is TierMode.STRICT:
        refused.append(_loosening(("tiers",), tiers, rules.tiers, policy))
    else:
        tiers = rules.tiers or tiers
    if rules.on_tier_failure is OnTierFailure.CONTINUE and on_tier_failure is OnTierFailure.HOLD:
        refused.append(
            _loosening(("on_tier_failure",), on_tier_failure, rules.on_tier_failure, policy)
        )
    else:
        on_tier_failure = rules.on_tier_failure or on_tier_failure
    demands, limits = dict(policy.demands), dict[str, float]()
    refused += _demands(policy, rules, demands)
    refused += _limits(policy, rules, limits)
    return (
        dataclasses.replace(
            policy,
            tiers=tiers,
            on_tier_failure=on_tier_failure,
            demands=demands,
            assume_externals=demands["externals"] is not Demand.REQUIRED,
            limits=limited(policy.limits, limits),
            watching=limited(policy.watching, limits),
            evidence=limited(policy.evidence, limits),
            horizon=limited(policy.horizon, limits),
            keeping=limited(policy.keeping, limits),
            floors={**policy.floors, **rules.severities},
        ),
        refused,
    )


def _demands(policy: Policy, rules: FileRules, demands: dict[str, Demand]) -> Iterator[_Refusal]:
    for name, wanted in rules.demands.items():
        current = policy.demand(name)
        if _DEMAND_RANK[wanted] < _DEMAND_RANK[current]:
            yield _loosening(("requirements", name), current, wanted, policy)
        else:
            demands[name] = wanted


def _limits(policy: Policy, rules: FileRules, limits: dict[str, float]) -> Iterator[_Refusal]:
    for name, wanted in rules.limits.items():
        current = limit_of(policy, name)
        if name == "bad_share" and wanted <= policy.limits.good_share:
            yield _Refusal(
                ("limits", name),
                f"policy.limits.bad_share = {wanted:g} is not above good_share = "
                f"{policy.limits.good_share:g}, so no test could tell them apart",
                "name a share above good_share",
            )
        elif _stricter(name, current, wanted):
            limits[name] = wanted
        elif wanted != current:
            yield _loosening(("limits", name), _number(current), _number(wanted), policy)


def _stricter(name: str, current: float | None, wanted: float) -> bool:
    if name in SMALLER_IS_STRICTER:
        return current is None or wanted < current
    return name in LARGER_IS_STRICTER and current is not None and wanted > current


def _number(value: float | None) -> str:
    return "unlimited" if value is None else f"{value:g}"


def _loosening(key: KeyPath, current: str, wanted: str, policy: Policy) -> _Refusal:
    return _Refusal(
        key,
        f"policy.{dotted(key)} = {wanted} would loosen the policy of {policy.environment}, "
        f"which says {current}; it stays {current}",
        "a mesh may only tighten: remove the key, or ask for the change in the policy file",
    )
