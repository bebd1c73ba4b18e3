"""Whom questions about a service go to while one set of pods replaces another."""

from __future__ import annotations

import asyncio
from typing import cast

from tierline.facts.evidence import Requests
from tierline.facts.instant import Instant
from tierline.facts.observation import Instance, Phase, Seen
from tierline.facts.probe import HealthProbe, RequestProbe
from tierline.targets.kubernetes.answers import ApiRefusal
from tierline.targets.kubernetes.namespace import Namespace
from tierline.targets.kubernetes.probing import Prober, Subject

OLD, NEW = "R-1/A/apply/1", "R-2/A/apply/1"


def pod(name: str, key: str, phase: Phase = Phase.RUNNING) -> Instance:
    """A pod of A that serves HTTP."""
    return Instance(name, "api", "rev", phase, key=key, addresses={"http": "10.0.0.1:80"})


def names(*pods: Instance, key: str) -> list[str]:
    """Who is asked."""
    return [one.id for one in Subject("A", Seen("A", pods, key)).alive("api", "http")]


def test_what_is_being_replaced_is_not_asked() -> None:
    assert names(pod("old", OLD), pod("new", NEW, Phase.STARTING), key=NEW) == ["new"]
    assert names(pod("old", OLD), key=NEW) == []


def test_what_ended_is_not_asked() -> None:
    assert names(pod("one", NEW), pod("two", NEW, Phase.EXITED), key=NEW) == ["one"]


def test_where_nobody_knows_the_newest_effect_all_are_asked() -> None:
    assert names(pod("old", OLD), pod("new", NEW), key="") == ["old", "new"]


class Listening:
    """An API server that reaches only these pods."""

    def __init__(self, *pods: str) -> None:
        self.pods = set(pods)
        self.api = self

    def path(self, _kind: object, name: str, rest: str) -> str:
        """Of a pod and its port."""
        return f"{name.partition(':')[0]}/{rest}"

    async def fetch(self, _method: str, path: str) -> bytes:
        """What the pod answers."""
        if path.partition("/")[0] in self.pods:
            return b""
        words = "error trying to reach service: dial tcp: connect: connection refused"
        raise ApiRefusal(503, words, {"kind": "Status"})


def test_requests_are_sent_to_pods_that_were_well() -> None:
    pods = (pod("early", NEW), pod("late", NEW))
    subject = Subject("A", Seen("A", pods, NEW))
    server = Listening("late")
    prober = Prober(cast("Namespace", server), lambda: Instant(1.0))

    async def sampled(count: int) -> tuple[str, int, int]:
        fact = await prober.ask(subject, RequestProbe(count))
        assert isinstance(fact, Requests)
        return fact.instance, fact.total, fact.errors

    async def story() -> None:
        assert await sampled(3) == ("", 0, 0)
        for _ in pods:
            await prober.ask(subject, HealthProbe("api"))
        assert await sampled(3) == ("late", 3, 0)
        server.pods.clear()
        assert await sampled(2) == ("late", 5, 2)

    asyncio.run(story())
