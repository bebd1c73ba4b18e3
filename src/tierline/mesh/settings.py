"""`tierline.toml`, read: what a mesh says about itself and how it tightens its policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.frozen import frozen
from tierline.mesh.settings_kinds import KindRule


@frozen
class Settings:
    """`addresses`: service -> configuration key -> the service or external that it points at.

    `run`: service -> workload -> argv. `tests`: service -> suite -> argv. `local_variables`: for `${VAR}` on the local target.
    `tightening` is the `[policy]` table as written, judged by `policy`, which refuses to loosen.
    """

    name: str = ""
    profile: str = "go-mesh"
    addresses: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    run: Mapping[str, Mapping[str, tuple[str, ...]]] = field(
        default_factory=dict[str, Mapping[str, tuple[str, ...]]]
    )
    tests: Mapping[str, Mapping[str, tuple[str, ...]]] = field(
        default_factory=dict[str, Mapping[str, tuple[str, ...]]]
    )
    local_variables: Mapping[str, str] = field(default_factory=dict[str, str])
    canonical_folder: str = ""
    """where the canonical inputs are, relative to the folder above the mesh; "" for the default"""
    alias_exceptions: tuple[str, ...] = ()
    """ids that may be missing from the index without being an alias of anything"""
    kinds: Mapping[str, KindRule] = field(default_factory=dict[str, KindRule])
    """`group/version/Kind` on Kubernetes -> when an object of it is ready"""
    tightening: Mapping[str, object] = field(default_factory=dict[str, object])
