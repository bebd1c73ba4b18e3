"""Part of gate config: who defines the variables that a configuration refers to, and where?

Locally that is the mesh itself (.env.example, .env, tierline.toml); in containers it is the service's
own Compose file and manifests, of which names are known here and never values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.k8s_model import Manifests
from tierline.mesh.model import Config
from tierline.readiness.compose.reading import compose_of
from tierline.readiness.facts import ServiceFacts
from tierline.readiness.manifests.reading import manifests_of, variables_of


@frozen
class _Given:
    """Variable -> where a cluster or Compose gets it from. `open`: the cluster may get others."""

    cluster: Mapping[str, Place]
    compose: Mapping[str, Place]
    open: bool


def judge_variables(facts: ServiceFacts, config: Config) -> Iterator[Defect]:
    """Every variable that somebody will miss; of a deployment only where it is there to be read."""
    if not config.needs:
        return
    given = _given(facts)
    for key, names in config.needs.items():
        for name in names:
            if found := _missing(key, name, facts, given):
                slug, message, fix = found
                place = config.places.get(key, Place(facts.shown("configs/default.yaml")))
                service_id = facts.service.service_id
                yield Defect(f"config/{slug}", message, place, fix, service_id)


def _missing(
    key: str, name: str, facts: ServiceFacts, given: _Given
) -> tuple[str, str, str] | None:
    """Slug, message and fix for one variable; None where everybody has it who needs it."""
    shown = f"{clean(key)} needs ${{{clean(name)}}}, which"
    deployed = {**given.cluster, **given.compose}.get(name)
    if name not in facts.around.variables:
        fix = f"add {clean(name)} to .env.example, or to [local.variables] of tierline.toml"
        if deployed is None:
            return "unresolved-variable", f"{shown} nothing defines", fix
        return "only-deployed", f"{shown} locally nothing defines, only {deployed}", fix
    own = key.rpartition(".")[2].upper()
    if given.open or not given.cluster or {name, own} & given.cluster.keys():
        return None
    fix = f"set {clean(name)} in deploy/k8s, in the container's `env` or its ConfigMap"
    return "not-deployed", f"{shown} .env.example defines and no manifest", fix


def _given(facts: ServiceFacts) -> _Given:
    declared = manifests_of(facts).declared
    file, _ = compose_of(facts)
    parts = file.parts if file else ()
    composed = {one.name: one.place for part in parts for one in part.told.variables}
    return _Given(variables_of(declared), composed, _is_open(declared))


def _is_open(declared: Manifests) -> bool:
    """Whether containers take over whole Secrets or ConfigMaps that lie elsewhere."""
    here = {(one.kind.lower(), one.name) for one in declared.settings}
    return any(
        (reference.kind, reference.name) not in here
        for controller in declared.controllers
        for container in controller.containers
        for reference in container.references
    )
