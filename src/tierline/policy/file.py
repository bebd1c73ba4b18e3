"""A policy file: TOML text -> PolicyFile and every error in it; knows no disk and no environment.

Reading is all or nothing: a policy with an error in it must not decide anything, so the value is
None as soon as there is one defect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from tierline.facts.decision import Severity
from tierline.frozen import frozen
from tierline.mesh.defect import Defect
from tierline.mesh.source import Source
from tierline.mesh.tomltext import read_toml
from tierline.policy.key_errors import KeyPath, dotted, error_words
from tierline.policy.model import (
    Access,
    Demand,
    EnvironmentKind,
    OnBoundary,
    OnFailure,
    OnTierFailure,
    Shipping,
    TierMode,
    Trust,
    Voucher,
    Waiver,
)
from tierline.policy.trust import approver_of, trusted_key_of
from tierline.policy.waivers import end_of, waiver_of

if TYPE_CHECKING:
    from tierline.policy.document import EnvironmentTable, PolicyTable, Rules, VoucherTable

LOCAL = "local"
"""the environment that exists without any file"""

_FIX = "correct the policy file; nothing of it counts until it has no error"


@frozen
class FileRules:
    """What a file says of how strict it wants to be; what it leaves out is absent, or None."""

    tiers: TierMode | None = None
    on_failure: OnFailure | None = None
    on_tier_failure: OnTierFailure | None = None
    on_boundary: OnBoundary | None = None
    demands: Mapping[str, Demand] = field(default_factory=dict[str, Demand])
    limits: Mapping[str, float] = field(default_factory=dict[str, float])
    break_glass: bool | None = None
    severities: Mapping[str, Severity] = field(default_factory=dict[str, Severity])


@frozen
class DeclaredEnvironment:
    """`[environments.E]`: what the place is, and rules that go before those of the whole file."""

    kind: EnvironmentKind
    target: str
    context: str
    namespace: str
    rules: FileRules
    kubernetes: str = ""
    secrets: tuple[str, ...] = ()
    access: Access = field(default_factory=Access)
    shipping: Shipping = field(default_factory=Shipping)
    vouchers: Mapping[str, Voucher] = field(default_factory=dict[str, Voucher])


@frozen
class PolicyFile:
    """A policy file without errors. `rules` hold in every environment.

    `waivers_from` names files beside it with more waivers, which whoever reads the file adds.
    """

    environments: Mapping[str, DeclaredEnvironment]
    rules: FileRules
    trust: Trust
    waivers: tuple[Waiver, ...]
    waivers_from: tuple[str, ...] = ()


def parse_policy(text: str, shown_path: str) -> tuple[PolicyFile | None, tuple[Defect, ...]]:
    """The file, or None and all its defects (gate `settings`), in the order of their places.

    `shown_path` is how defects name the file.
    """
    source = Source(shown_path, "settings")
    read = read_toml(text.encode(errors="surrogatepass"), source)
    if read is None:
        return None, tuple(source.defects)
    from pydantic import ValidationError  # noqa: PLC0415 - slow to import, and rarely needed

    from tierline.policy.document import PolicyTable  # noqa: PLC0415 - it needs pydantic

    values, places = read
    try:
        table = PolicyTable.model_validate(values)
        wrong = tuple(_contradictions(table))
    except ValidationError as error:
        table, wrong = None, error_words(error)
    for path, message in wrong:
        at = places.of(*map(str, path))
        source.defect("policy-file", f"{dotted(path)}: {message}", at, _FIX)
    if table is None or wrong:
        return None, tuple(sorted(source.defects, key=lambda defect: defect.place))
    waivers = tuple(
        replace(waiver_of(one), place=places.of("waivers", str(number)) or source.place())
        for number, one in enumerate(table.waivers)
    )
    return _policy_file(table, waivers), ()


def policy_schema() -> dict[str, object]:
    """JSON Schema (draft 2020-12) of a policy file."""
    from tierline.policy.document import PolicyTable  # noqa: PLC0415 - it needs pydantic

    return PolicyTable.model_json_schema()


def file_rules(table: Rules | PolicyTable) -> FileRules:
    """The rules that a validated table states, with what it leaves out left out."""
    return FileRules(
        tiers=table.tiers,
        on_failure=getattr(table, "on_failure", None),
        on_tier_failure=table.on_tier_failure,
        on_boundary=getattr(table, "on_boundary", None),
        demands=table.requirements.model_dump(exclude_none=True),
        limits=table.limits.model_dump(exclude_none=True),
        break_glass=getattr(table, "break_glass", None),
        severities=dict(table.severity),
    )


def _contradictions(table: PolicyTable) -> list[tuple[KeyPath, str]]:
    """What each key alone allows and the file as a whole does not."""
    found: list[tuple[KeyPath, str]] = []
    local = table.environments.get(LOCAL)
    if local and "kind" in local.model_fields_set and local.kind is not EnvironmentKind.LOCAL:
        words = f"local is always of kind local, not {local.kind}"
        found.append((("environments", LOCAL, "kind"), words))
    found += _repeated("keys", [trusted_key_of(one).key for one in table.trust.keys])
    found += _repeated("approvers", [approver_of(one).name for one in table.trust.approvers])
    return found


def _repeated(name: str, items: list[str]) -> list[tuple[KeyPath, str]]:
    """Entries of a list of `[trust]` that are about the key or the person of an earlier one."""
    return [
        (("trust", name, number), f"is about the same as {name}[{items.index(item)}]")
        for number, item in enumerate(items)
        if items.index(item) < number
    ]


def _policy_file(table: PolicyTable, waivers: tuple[Waiver, ...]) -> PolicyFile:
    return PolicyFile(
        environments={
            name: _environment(name, environment)
            for name, environment in table.environments.items()
        },
        rules=file_rules(table),
        trust=Trust(
            tuple(map(trusted_key_of, table.trust.keys)),
            tuple(map(approver_of, table.trust.approvers)),
            tuple(table.trust.registries),
            tuple(table.trust.kinds),
        ),
        waivers=waivers,
        waivers_from=tuple(table.waivers_from),
    )


def _environment(name: str, table: EnvironmentTable) -> DeclaredEnvironment:
    from tierline.policy.source_table import bus_of, sources_of  # noqa: PLC0415 - it needs pydantic

    kind = EnvironmentKind.LOCAL if name == LOCAL else table.kind
    target = table.target or ("local" if kind is EnvironmentKind.LOCAL else "")
    return DeclaredEnvironment(
        kind,
        target,
        table.context,
        table.namespace,
        file_rules(table),
        table.kubernetes,
        tuple(table.secrets),
        Access(
            table.kubeconfig,
            table.exec_plugins,
            table.take_over,
            table.evidence == "status-only",
            table.telemetry,
            tuple(sources_of(table.sources)),
            bus_of(table.sources),
        ),
        Shipping(table.overlay, dict(table.values), table.image),
        {name: _voucher(one) for name, one in table.externals.items()},
    )


def _voucher(table: VoucherTable) -> Voucher:
    if table.expires is None:
        return Voucher(table.probe)
    return Voucher("", table.author or "", table.reason or "", end_of(table.expires))
