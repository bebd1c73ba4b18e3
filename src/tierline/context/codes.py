"""What the findings of a release's context mean; the context itself decides nothing by them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from tierline.readiness.code import ALWAYS_UNKNOWN, ALWAYS_WARN, Code, Everywhere
from tierline.readiness.codes import CODES, unlisted


def _code(slug: str, title: str, severities: Everywhere, why: str, fix: str) -> Code:
    return Code(f"context/{slug}", title, severities, why, fix)


CONTEXT_CODES: Final = (
    _code(
        "absent", "An input of the release is not there", ALWAYS_UNKNOWN,
        "What it would say is unknown, so whoever releases must find it out elsewhere.",
        "Write the file.",
    ),
    _code(
        "says-nothing", "An input from which nothing was taken", ALWAYS_UNKNOWN,
        "A document that tells no facts helps nobody who releases by it.",
        "Write it as tierline explain and the demo mesh show: tierline init --demo.",
    ),
    _code(
        "not-understood", "A part of a document that was not understood", ALWAYS_WARN,
        "It may hold what a release must know; a person should read it.",
        "Read it; or name the script that it is about in its heading, table or bullet.",
    ),
    _code(
        "not-ordered", "A service without a place in the order", ALWAYS_UNKNOWN,
        "It is on a cycle of owners or behind one, so nobody can say when it starts.",
        "Remove an edge of the cycle; tierline check names it.",
    ),
    _code(
        "order-differs", "The load order document says otherwise", ALWAYS_WARN,
        "People follow the document, tierline follows the owners.",
        "Generate the document again.",
    ),
    _code(
        "not-listed", "Not listed as implemented", ALWAYS_WARN,
        "Production takes listed services only.",
        "List it when its checklist is green.",
    ),
    _code(
        "no-workload", "Nothing that runs was found", ALWAYS_UNKNOWN,
        "A service without a program that tierline knows cannot be started locally.",
        "Give its argv in [services.X.run] of tierline.toml.",
    ),
    _code(
        "no-target", "The local guide names a target that the Makefile lacks", ALWAYS_WARN,
        "Whoever follows the guide fails there.",
        "Add the target, or correct the guide.",
    ),
    _code(
        "undefined-variable", "A variable that nothing defines", ALWAYS_WARN,
        "The configuration refers to it, and neither .env.example nor a manifest sets it.",
        "Name it in .env.example.",
    ),
    _code(
        "unknown-address", "An address that means nobody known", ALWAYS_UNKNOWN,
        "Whether the service needs an owner, an external or a system there is not known.",
        "Say it in [services.X.addresses] of tierline.toml.",
    ),
    _code(
        "no-image", "A workload whose image cannot be told", ALWAYS_UNKNOWN,
        "What will run cannot be named.",
        "Name an image.",
    ),
    _code(
        "moving-image", "An image whose tag moves", ALWAYS_WARN,
        "The same name may be another image tomorrow, so nobody knows what was tested.",
        "Name a version, or better a digest.",
    ),
    _code(
        "no-probe", "A container that is not probed", ALWAYS_WARN,
        "A cluster takes it for healthy as long as it runs.",
        "Give it a readiness and a liveness probe.",
    ),
    _code(
        "no-resources", "A container without requests or limits", ALWAYS_WARN,
        "A cluster cannot place it well, nor keep it from starving others.",
        "Say what it requests and its limits.",
    ),
    _code(
        "migration-number", "Migrations that are not numbered one by one", ALWAYS_WARN,
        "Tools apply them by number; two of one number have no order, and a gap may be one lost.",
        "Renumber those that were not applied yet.",
    ),
    _code(
        "no-producer", "An event that no service produces", ALWAYS_WARN,
        "Whoever consumes it waits for somebody outside the mesh, or for nobody.",
        "Add EVENT:<name> to what its producer provides.",
    ),
    _code(
        "two-producers", "An event with more than one producer", ALWAYS_WARN,
        "Its consumers depend on all of them, and the contract names one.",
        "Let one service produce it.",
    ),
    _code(
        "no-contract", "A boundary without a contract file", ALWAYS_WARN,
        "What both sides agreed on is written nowhere, so a change cannot be compared.",
        "Add it below contracts/.",
    ),
    _code(
        "loose-contract", "A contract whose service is not known", ALWAYS_WARN,
        "Nobody can say whom a change of it concerns.",
        "Name the file or the package after the service that provides it.",
    ),
    _code(
        "no-script", "A script that is not there", ALWAYS_WARN,
        "The release procedure or the guide to the scripts names it.",
        "Add it, or use what tierline has itself: tierline check.",
    ),
    _code(
        "undocumented-script", "A script that the guide does not mention", ALWAYS_WARN,
        "What it needs, reads and writes is unknown.",
        "Describe it in scripts/README.md.",
    ),
)  # fmt: skip
"""every code that `tierline context` can print beside those of the parsers"""

BY_CODE: Final = MappingProxyType({**CODES, **{one.code: one for one in CONTEXT_CODES}})
"""those and the ones that gates know"""


def title_of(code: str) -> str:
    """What a code means, in a few words."""
    return (BY_CODE.get(code) or unlisted(code)).title
