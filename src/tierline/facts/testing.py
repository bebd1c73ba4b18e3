"""What is known of test runs: which suite of which service, at which revision, and how it ended.

Plain values. Whose key a result is signed with, and whether that counts, is for a policy to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from tierline.facts.instant import Instant
from tierline.facts.revision import Part, Revision
from tierline.frozen import frozen


class Suite(StrEnum):
    """The kinds of tests that a service has: one folder each, below its `tests`."""

    UNIT = "unit"
    INTEGRATION = "integration"
    CONTRACT = "contract"


class Outcome(StrEnum):
    """How a suite ended. A suite without a test has none: it says nothing."""

    PASSED = "passed"
    FAILED = "failed"


class Seal(StrEnum):
    """Whether the signature over a result is that of the key it names."""

    GENUINE = "genuine"
    FORGED = "forged"
    UNSIGNED = "unsigned"


@frozen
class Counts:
    """Tests by how they ended."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def run(self) -> int:
        """Those that were really run."""
        return self.passed + self.failed


@frozen
class HowTested:
    """The configuration of one run of a suite.

    `runner` is go, pytest, unittest, node, npm, command or junit (a report made elsewhere), `tool`
    its version. `bound` says how the revision is known: `measured` before and after the run, `clean`
    (the checkout was as committed when a report was imported) or `stated` by whoever imported it.
    """

    runner: str
    tool: str = ""
    argv: tuple[str, ...] = ()
    seconds: float = 0.0
    bound: str = "measured"


@frozen
class SuiteResult:
    """One signed statement on a run of one suite of one service.

    `revision` is the service's source revision, `parts` what that consisted of (none where it was
    only stated). `environments` are those that the run was made for. `signer`, `key` (`ed25519:` and
    base64) and `at` are what it says of itself. `failures` names failed tests, the first of them.
    """

    mesh: str
    service_id: str
    suite: Suite
    revision: str
    environments: tuple[str, ...]
    outcome: Outcome
    counts: Counts
    how: HowTested
    signer: str
    key: str
    at: Instant
    parts: tuple[Part, ...] = ()
    failures: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    seal: Seal = Seal.UNSIGNED


@frozen
class Kept:
    """A file of evidence as it was found. `service_id` and `suite` are what its name says.

    `result` None: it is none, and `trouble` says why.
    """

    file: str
    service_id: str
    suite: str
    result: SuiteResult | None
    trouble: str = ""


@frozen
class KnownResults:
    """All that is known of test runs, for a gate to judge at `now`.

    `revisions` has the services that something is known of, as they are now. `own_keys` are public
    keys whose private halves lie here. `trouble`: why nobody could look, "" where somebody did.
    """

    now: Instant
    kept: tuple[Kept, ...] = ()
    revisions: Mapping[str, Revision] = field(default_factory=dict[str, Revision])
    own_keys: frozenset[str] = frozenset()
    trouble: str = ""
