"""Rows of the gates that compare events and OpenAPI documents with those of before."""

from __future__ import annotations

from typing import Final

from tierline.readiness.breaking import (
    events_off,
    judge_event_breaking,
    judge_openapi_breaking,
    openapi_off,
)
from tierline.readiness.gate import Gate

_WHEN = (
    " Asked only where such a contract differs from the reference: --against, else what the "
    "environment runs, else where the branch began, on the default branch the commit before. What cannot be decided is unknown."
)

BREAKING_GATES: Final = (
    Gate(
        "openapi-breaking",
        "OpenAPI compatibility",
        "A dependent that still calls the old interface must go on working.",
        "contracts/openapi now and at the reference",
        "Callers of the old document go on working with a provider of the new one: operations, "
        "parameters, bodies, answers, headers, media types, security, and every schema by the way "
        "its data goes. `oasdiff` judges where it is installed, else tierline itself." + _WHEN,
        judge_openapi_breaking,
        off=openapi_off,
    ),
    Gate(
        "event-breaking",
        "Event compatibility",
        "Events outlive the release that wrote them: old readers and old events both remain.",
        "contracts/events now and at the reference",
        "Whatever the old payload_schema lets be written is valid under the new one, and the other "
        "way round; but for names that only one side declares, which writers are taken not to use "
        "by accident." + _WHEN,
        judge_event_breaking,
        off=events_off,
    ),
)
