"""Events, evolve(state, event), decide(state, now) -> actions; knows no target, store or clock."""
