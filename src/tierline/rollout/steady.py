"""What a watch decides: who went on being well, for long enough; knows no evidence and no clock."""

from __future__ import annotations

from tierline.facts.decision import Decision, Severity, worst
from tierline.rollout.state import PASSED, ServiceState, State
from tierline.rollout.watch import Watch


def unsteady(watch: Watch) -> frozenset[str]:
    """Services that were not well, or not seen to be, at some moment of the last part.

    The last part is as long as what counts as sustained. Remarks do not count.
    """
    end = watch.ended_at
    if end is None:
        return frozenset()
    begin = end - watch.sustained_seconds
    return frozenset(
        spell.service_id
        for spell in watch.spells
        if spell.severity is not Severity.WARN and (spell.until is None or spell.until > begin)
    )


def fates(state: State, watch: Watch) -> dict[str, Decision]:
    """Planned service -> what the watch decides of it.

    GO for one that was well during the whole last part of a watch that went on to its end.
    """
    shaken = unsteady(watch)
    found: dict[str, Decision] = {}
    for name in state.index.services:
        standing = state.progress[name].state
        if standing is ServiceState.FAILED:
            found[name] = Decision.NO_GO
        elif standing in PASSED and watch.over and name not in shaken:
            found[name] = Decision.GO
        else:
            found[name] = Decision.HOLD
    return found


def verdict(state: State, watch: Watch) -> Decision:
    """The decision of a watch: GO if it is for every service, else HOLD.

    Always HOLD where the rollout passed gates: that what runs is well mends none of them.
    """
    well = worst(fates(state, watch).values()) is Decision.GO
    return Decision.GO if well and not state.requested.break_glass else Decision.HOLD
