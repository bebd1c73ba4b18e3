"""judge(expectation, observations, now) -> verdict; knows nothing of probes, targets or clocks."""
