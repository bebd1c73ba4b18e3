"""Puts one service's facts together."""

from __future__ import annotations

from tierline.context.configuration import (
    dependencies_of,
    infrastructure_of,
    ports_of,
    setters_of,
    telemetry_of,
)
from tierline.context.deployment import compose_of, images_of, manifests_of
from tierline.context.documents import count
from tierline.context.facts import Facts
from tierline.context.local import Concerns, local_of
from tierline.context.model import Sheet
from tierline.context.order import dependents_of, order_of, owners_of, standard_of
from tierline.context.promises import consumed, provided
from tierline.mesh import config
from tierline.mesh.clean import clean
from tierline.mesh.defect import Place
from tierline.mesh.migrations import Migrations, migrations_of
from tierline.mesh.model import Config, Service
from tierline.mesh.names import folder_name


def sheet_of(service: Service, facts: Facts, concerns: Concerns) -> Sheet:
    """The sheet without inputs and findings, which are known when all sheets are."""
    _configuration(service, facts)
    manifests = manifests_of(service, facts)
    compose = compose_of(service, facts)
    setters = setters_of(manifests, compose or ())
    dependencies = dependencies_of(service, facts, setters)
    return Sheet(
        service_id=service.service_id,
        domain=clean(service.domain),
        path=service.path,
        order=order_of(service, facts),
        owners=owners_of(service, facts),
        dependents=dependents_of(service, facts),
        lifecycle=standard_of(service, facts),
        local=local_of(service, facts, concerns),
        ports=ports_of(service, setters),
        dependencies=dependencies,
        telemetry=telemetry_of(service, facts, setters),
        infrastructure=infrastructure_of(dependencies),
        images=images_of(service, manifests, compose, facts),
        manifests=manifests,
        compose=compose,
        migrations=_migrations(service, facts),
        provides=provided(service, facts),
        consumes=consumed(service, dependencies, facts),
        inputs=(),
        findings=(),
    )


def _configuration(service: Service, facts: Facts) -> None:
    if not service.path:
        folder = f"services/{service.domain}/{folder_name(service.service_id)}"
        facts.inputs.absent(folder, "it has no folder of its own", service.service_id)
        return
    path = f"{service.path}/{config.PATH}"
    facts.inputs.known(path, service.config, _taken, service.service_id)


def _taken(found: Config) -> list[str]:
    ports = [f"{one.name} {one.number or 'by variable'}" for one in found.ports]
    return [*ports, count(len(found.dependencies), "dependency", "dependencies")]


def _migrations(service: Service, facts: Facts) -> tuple[Migrations, ...]:
    if not service.path:
        return ()
    found = migrations_of(facts.lookup.files(service.path))
    for one in found:
        wrong = [f"number {number} twice" for number in one.twice]
        if one.missing:
            wrong.append(f"no number {', '.join(str(number) for number in one.missing)}")
        if wrong:
            message = f"{clean(one.folder, 200)}: {'; '.join(wrong)}"
            place = Place(facts.inputs.tree.shown(f"{service.path}/{one.folder}"))
            facts.inputs.remark("migration-number", message, place, "", service.service_id)
    return found
