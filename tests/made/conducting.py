"""A simulated environment to conduct rollouts in, on virtual time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from made.plans import Owners, mesh_of, policy_of, request_of, revision_of
from tierline.conductor.carry_out import Request, carry_out, resume
from tierline.conductor.look import Look, look
from tierline.conductor.loop import Conductor
from tierline.conductor.reporter import Reporter
from tierline.conductor.virtual import VirtualClock
from tierline.conductor.world import World
from tierline.plan.admission import Admission
from tierline.plan.build import build
from tierline.plan.model import Plan
from tierline.policy.model import Limits
from tierline.rollout.events import Event
from tierline.rollout.state import State
from tierline.store.memory import MemoryStore
from tierline.store.protocol import Store
from tierline.targets.protocol import Holder, Target
from tierline.targets.simulated.behaviour import Behaviour
from tierline.targets.simulated.target import SimulatedTarget
from tierline.targets.simulated.world import World as SimulatedWorld

HERE = "local"
_ORDINARY = Admission()


def plan_for(owners: Owners, text: str = "one", **limits: object) -> Plan:
    """A sealed plan of all these services at the revision that `text` gives."""
    mesh = mesh_of(owners)
    revisions = {name: revision_of(name, text) for name in mesh.services}
    bounds = Limits(**{"verify_seconds": 5.0, **limits})  # type: ignore[arg-type] # fields by name
    policy = replace(policy_of(), limits=bounds)
    return build(request_of(mesh, policy=policy, revisions=revisions))


def holder(name: str = "ada") -> Holder:
    """Somebody who conducts."""
    return Holder(name, "here", "boot", 1, 0)


@dataclass
class Place:
    """An environment: its world, journal and clock outlive the conductors that come and go."""

    behaviours: Mapping[str, tuple[Behaviour, ...]] = field(
        default_factory=dict[str, tuple[Behaviour, ...]]
    )
    owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    store: Store = field(default_factory=MemoryStore)
    clock: VirtualClock = field(default_factory=VirtualClock)
    reporter: Reporter = field(default_factory=Reporter)
    conductor: Conductor | None = None
    target: Target = field(init=False)
    world: SimulatedWorld = field(init=False)

    def __post_init__(self) -> None:
        self.world = SimulatedWorld(self.clock.now, self.behaviours)
        self.target = SimulatedTarget(self.world, dict(self.owners))

    def wired(self) -> World:
        """What a conductor works with here."""
        return World(HERE, self.store, self.target, self.clock, self.reporter)

    async def carry(
        self,
        plan: Plan,
        seen: Look | None = None,
        supersedes: str = "",
        admission: Admission = _ORDINARY,
    ) -> State:
        """Carry a plan out; `seen` is what was looked at before, by default what there is."""
        known = await look(self.target, ()) if seen is None else seen
        request = Request(plan, "ada", supersedes, admission)
        return await carry_out(self.wired(), holder(), request, known, self._started)

    async def resume(self, rollout: str) -> State:
        """Go on with a rollout."""
        return await resume(self.wired(), holder(), rollout, "ada", self._started)

    def _started(self, conductor: Conductor) -> None:
        self.conductor = conductor

    def events(self, rollout: str | None = None) -> list[Event]:
        """What the journal holds."""
        return [row.event for row in self.store.read(HERE, rollout)]

    @property
    def started(self) -> list[str]:
        """Ids of services in the order in which the world started them."""
        return [run.service_id for run in self.world.starts]

    @property
    def free(self) -> bool:
        """Whether nobody holds the lease."""
        fence = self.world.fence
        return fence is None or fence.until <= self.clock.now()
