"""What there is of each service, from the objects of a namespace; knows no network and no clock.

Objects come and go one by one; `seen` puts together what is there of a service at that moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tierline.facts.instant import Instant
from tierline.facts.observation import Fault, Seen
from tierline.targets.kubernetes import controllers, marks, rules
from tierline.targets.kubernetes.faults import Suspicion, suspicions
from tierline.targets.kubernetes.objects import (
    CONTROLLERS,
    POD,
    Object,
    annotation_of,
    is_own,
    kind_of,
    label_of,
    name_of,
    runs_pods,
)
from tierline.targets.kubernetes.pods import id_of, instance_of, is_ending

Place = tuple[str, str]
"""kind and name"""


@dataclass(slots=True)
class View:
    """The objects that carry the labels of one mesh and environment, by service."""

    _objects: dict[Place, Object] = field(default_factory=dict[Place, Object])
    _services: dict[str, dict[Place, None]] = field(default_factory=dict[str, dict[Place, None]])
    _since: dict[tuple[str, str, str], Instant] = field(
        default_factory=dict[tuple[str, str, str], Instant]
    )
    """service, pod, message of a suspicion -> since when it has stood"""

    def put(self, kind: str, name: str, item: Object | None) -> str:
        """Take in that an object is so now, or gone; returns the service concerned, "" for none."""
        before = self._objects.pop((kind, name), None)
        concerned = label_of(before, marks.SERVICE) if before else ""
        if before:
            self._services.get(concerned, {}).pop((kind, name), None)
        if item is not None:
            concerned = label_of(item, marks.SERVICE)
            self._objects[kind, name] = item
            self._services.setdefault(concerned, {})[kind, name] = None
        return concerned

    @property
    def services(self) -> frozenset[str]:
        """The services of which anything is there."""
        return frozenset(name for name, places in self._services.items() if places and name)

    def get(self, kind: str, name: str) -> Object | None:
        """One object, None where it is not there."""
        return self._objects.get((kind, name))

    def of(self, service_id: str) -> Mapping[Place, Object]:
        """All that is there of a service."""
        return {place: self._objects[place] for place in self._services.get(service_id, {})}

    def pods(self, service_id: str) -> tuple[Object, ...]:
        """Its pods."""
        return tuple(i for (kind, _), i in self.of(service_id).items() if kind == POD.name)

    def seen(self, service_id: str, now: Instant) -> Seen:
        """What is there of a service."""
        objects = self.of(service_id)
        pods = sorted(self.pods(service_id), key=id_of)
        key, fence = _effect(objects)
        deciding = [item for item in objects.values() if _decides(item, key)]
        waits = [told for told in map(_waits_for, deciding) if told]
        waits += [f"pod {name_of(pod)} is ending" for pod in pods if is_ending(pod)]
        found = next((fault for fault in map(_fault_of, deciding) if fault), None)
        standing = self._standing(service_id, pods, now)
        return Seen(
            service_id,
            tuple(instance_of(pod) for pod in pods),
            key,
            fence,
            settled=not waits,
            at=now,
            waits="; ".join(sorted(waits)),
            fault=found or next((fault for fault, at in standing if at <= now), None),
        )

    def due(
        self, service_id: str, now: Instant, more: tuple[Suspicion, ...] = ()
    ) -> Instant | None:
        """When a suspicion that stands becomes a fault; None while there is none."""
        standing = self._standing(service_id, self.pods(service_id), now)
        return min((at for _, at in standing if at > now), default=None)

    def _standing(
        self, service_id: str, pods: Sequence[Object], now: Instant
    ) -> list[tuple[Fault, Instant]]:
        """Faults of pods that the newest effect started, and when each counts."""
        key, _ = _effect(self.of(service_id))
        told: dict[tuple[str, str, str], Suspicion] = {}
        for pod in pods:
            if annotation_of(pod, marks.KEY) == key and not is_ending(pod):
                for one in suspicions(pod):
                    told[service_id, name_of(pod), one.fault.code] = one
        for place in [place for place in self._since if place[0] == service_id]:
            if place not in told:
                del self._since[place]
        return [
            (one.fault, self._since.setdefault(place, now) + one.patience)
            for place, one in told.items()
        ]


def _decides(item: Object, key: str) -> bool:
    """Whether a service waits for an object; not for one of a kind of the mesh's own that the effect
    of that key did not bring, since it is on its way out.
    """
    if not is_own(item):
        return kind_of(item) in CONTROLLERS
    return not key or annotation_of(item, marks.KEY) == key


def _waits_for(item: Object) -> str:
    return rules.waits_for(item) if is_own(item) else controllers.waits_for(item)


def _fault_of(item: Object) -> Fault | None:
    return rules.fault_of(item) if is_own(item) else controllers.fault_of(item)


def _effect(objects: Mapping[Place, Object]) -> tuple[str, int]:
    """Key and fence of the last effect that was taken on whole.

    It is that of all controllers of a service, and of all that they say it brought beside them.
    """
    marked = [item for item in objects.values() if runs_pods(item)] or list(_stops(objects))
    keys = {annotation_of(item, marks.KEY) for item in marked}
    keys |= {_key_beside(objects, place) for item in marked for place in _beside(item)}
    fences = [int(f) for i in objects.values() if (f := annotation_of(i, marks.FENCE)).isdigit()]
    return keys.pop() if len(keys) == 1 else "", max(fences, default=0)


def _beside(item: Object) -> Iterator[Place]:
    for told in annotation_of(item, marks.BESIDE).split():
        kind, _, name = told.partition("/")
        yield kind, name


def _key_beside(objects: Mapping[Place, Object], place: Place) -> str:
    """Of what is not there, a key that no effect has."""
    item = objects.get(place)
    return annotation_of(item, marks.KEY) if item is not None else ""


def _stops(objects: Mapping[Place, Object]) -> Iterator[Object]:
    yield from (item for item in objects.values() if label_of(item, marks.STOPPED))
