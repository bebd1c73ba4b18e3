"""Which servers of telemetry can be asked: one row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from tierline.evidence.signals import jaeger, loki, prometheus, tempo
from tierline.evidence.signals.model import Names, Source
from tierline.evidence.signals.server import Server
from tierline.policy.model import SignalSource

Opener = Callable[[Server, Names, SignalSource], Source]

SOURCES: Final[Mapping[str, tuple[Names, Opener]]] = MappingProxyType(
    {
        "prometheus": (
            prometheus.NAMES,
            lambda server, names, of: prometheus.Prometheus(server, names, of.metric, of.match),
        ),
        "loki": (loki.NAMES, lambda server, names, of: loki.Loki(server, names, of.match)),
        "tempo": (tempo.NAMES, lambda server, names, _: tempo.Tempo(server, names)),
        "jaeger": (jaeger.NAMES, lambda server, names, _: jaeger.Jaeger(server, names)),
    }
)
"""kind -> under which names it usually keeps a sender, and how it is opened"""


def open_source(of: SignalSource) -> Source:
    """The source that a policy names; nothing is asked yet."""
    usual, opener = SOURCES[of.kind]
    names = Names(
        of.labels.get("service") or usual.service,
        of.labels.get("version") or usual.version,
        of.labels.get("instance") or usual.instance,
    )
    return opener(Server(of.kind, of.url, of.tenant, of.token_file), names, of)
