"""Rows of the gates that compare events and OpenAPI documents with those of before."""

from __future__ import annotations

from typing import Final

from tierline.readiness import late
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
        "contracts/openapi and contracts/schemas now and at the reference",
        "Callers of the old document go on working with a provider of the new one: operations, "
        "parameters, bodies, answers, headers, media types, security, and every schema, also a shared one, by the way "
        "its data goes. `oasdiff` judges where it is installed, else tierline itself." + _WHEN,
        late.judge("breaking", "judge_openapi_breaking"),
        off=late.off("breaking", "openapi_off"),
    ),
    Gate(
        "event-breaking",
        "Event compatibility",
        "Events outlive the release that wrote them: old readers and old events both remain.",
        "contracts/events and contracts/schemas now and at the reference",
        "Whatever the old payload_schema lets be written is valid under the new one, and the other "
        "way round; but for names that only one side declares, which writers are taken not to use "
        "by accident. Schemas that it refers to count, and those that no contract refers to are "
        "compared by themselves." + _WHEN,
        late.judge("breaking", "judge_event_breaking"),
        off=late.off("breaking", "events_off"),
    ),
)
