"""The row of the gate tests in the table of gates."""

from __future__ import annotations

from typing import Final

from tierline.readiness import late
from tierline.readiness.gate import Gate

TESTS_GATE: Final = Gate(
    "tests",
    "Test evidence",
    "A revision that nobody tested is not ready.",
    "signed test results in the state folder: tierline test, tierline evidence import",
    "Of each suite that the policy asks for (unit, integration, contract), the newest evidence "
    "that counts says that it passed. Evidence counts if it is of exactly this source revision, "
    "mesh, service and environment, signed with a key that is ours or trusted (where the policy "
    "says so, trusted), and not older than limits.test_hours. A suite without tests is unknown.",
    late.judge("tested", "judge_tests"),
    off=late.off("tested", "off"),
)
