"""Part of gate config: is it clear which key of a configuration leads to which owner?

The local target gives services free ports, so it must know which address is meant by which key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Config, Service
from tierline.mesh.owner_keys import match_owner
from tierline.regex import regex

_OF_A_SERVICE = regex(r"(?:https?|grpc)://\S+|[A-Za-z0-9][A-Za-z0-9.-]*:\d{1,5}")
_INFRASTRUCTURE = regex(
    r"postgres|redis|kafka|nats|mysql|mongo|rabbit|amqp|elastic|opensearch|s3|minio|otel|otlp|broker"
)


def judge_addresses(
    service: Service, config: Config, pointed: Mapping[str, str]
) -> Iterator[Defect]:
    """An owner that no key leads to, while some key leads nowhere; `pointed` is of tierline.toml."""
    everybody = (*service.owners, *service.externals)
    meant = {key: pointed.get(key) or match_owner(key, everybody) for key in config.dependencies}
    reached = {owner for owner in meant.values() if owner}
    nowhere = [key for key, owner in meant.items() if not owner and _of_a_service(key, config)]
    for owner in service.owners:
        if nowhere and not any(_same(owner, name) for name in reached):
            key = nowhere[0]
            many = f" ({len(nowhere)} keys lead nowhere)" if len(nowhere) > 1 else ""
            yield Defect(
                "config/owner-without-address",
                f"no key says where its owner {owner} is; {clean(key)} may mean it{many}",
                config.places.get(f"dependencies.{key}") or Place(""),
                f"if it does, add to tierline.toml:\n[services.{service.service_id}.addresses]\n"
                f"{json.dumps(key)} = {json.dumps(owner)}",
                service.service_id,
            )


def _of_a_service(key: str, config: Config) -> bool:
    """Whether an address looks like one of a service, and not of a database or broker."""
    value = config.dependencies[key]
    texts = (value,) if isinstance(value, str) else value
    return not _INFRASTRUCTURE.search(key.lower()) and any(map(_OF_A_SERVICE.fullmatch, texts))


def _same(owner: str, name: str) -> bool:
    """tierline.toml may name an owner by its short id."""
    return owner == name or owner.split("-", 1)[0] == name
