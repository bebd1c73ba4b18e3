"""Judges what buf said of the proto contracts of a release; runs nothing itself."""

from __future__ import annotations

from collections.abc import Iterable

from tierline.contracts.proto import FOLDER, Message, ProtoFacts, Said, Stubs, Unsaid
from tierline.facts.reference import NoReference
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Mesh
from tierline.mesh.owner_keys import match_owner
from tierline.policy.model import Policy
from tierline.readiness.facts import GateFacts

_NOBODY = "nobody asked buf"
_COMPILE = "COMPILE"
_SHOWN = 20
"""stubs of one kind that are told one by one"""


def judge_proto_lint(mesh: Mesh, facts: GateFacts, _policy: Policy) -> Iterable[Defect]:
    """A finding for each message of `buf lint`."""
    yield from _open(mesh, facts, "proto-lint") or lint_defects(mesh, _known(facts).lint)


def judge_proto_breaking(mesh: Mesh, facts: GateFacts, _policy: Policy) -> Iterable[Defect]:
    """A finding for each message of `buf breaking`, and for rules that the release itself changes."""
    yield from _open(mesh, facts, "proto-breaking") or breaking_defects(mesh, _known(facts))


def judge_proto_generated(mesh: Mesh, facts: GateFacts, _policy: Policy) -> Iterable[Defect]:
    """A finding for each stub that is not what the contracts give."""
    yield from _open(mesh, facts, "proto-generated") or stub_defects(mesh, _known(facts).generated)


def proto_off(_mesh: Mesh, facts: GateFacts, _policy: Policy) -> str:
    """Why nothing about proto contracts is asked this time."""
    return facts.proto.idle if facts.proto else ""


def stubs_off(_mesh: Mesh, facts: GateFacts, _policy: Policy) -> str:
    """The same for stubs: a mesh may have none generated."""
    known = facts.proto
    return (known.idle or known.ungenerated) if known else ""


def lint_defects(mesh: Mesh, said: Said | Unsaid | None) -> Iterable[Defect]:
    """What `buf lint` found; that there is no answer is a finding, too."""
    if not isinstance(said, Said):
        yield _no_answer(mesh, "proto-lint", said)
        return
    for one in said.messages:
        slug = "not-compiled" if one.rule == _COMPILE else "rule"
        yield _told(mesh, f"proto-lint/{slug}", one)


def breaking_defects(mesh: Mesh, known: ProtoFacts) -> Iterable[Defect]:
    """What `buf breaking` found; that there is no answer is a finding, too."""
    if known.rules_moved:
        yield Defect(
            "proto-breaking/rules-moved",
            "the release changes the rules of `breaking:` by which it is compared",
            Place(f"{mesh.label}/{FOLDER}buf.yaml"),
            "change the rules in a release of their own, or waive this once you have looked",
        )
    if not isinstance(known.breaking, Said):
        yield _no_answer(mesh, "proto-breaking", known.breaking)
        return
    for one in known.breaking.messages:
        yield _told(mesh, "proto-breaking/incompatible", one)


def stub_defects(mesh: Mesh, stubs: Stubs | Unsaid | None) -> Iterable[Defect]:
    """Stubs that are missing, differ, or are left over; that there is no answer is a finding, too."""
    if not isinstance(stubs, Stubs):
        yield _no_answer(mesh, "proto-generated", stubs)
        return
    told: tuple[tuple[str, tuple[str, ...], str], ...] = (
        ("missing", stubs.missing, "the contracts give this stub, and it is not there"),
        ("differs", stubs.changed, "another text than the contracts give"),
        ("left-over", stubs.left, "nothing in the contracts gives this file"),
    )
    for slug, paths, message in told:
        for path in paths[:_SHOWN]:
            place = Place(f"{mesh.label}/{FOLDER}{clean(path, 300)}")
            yield Defect(f"proto-generated/{slug}", message, place, "", owner_of(mesh, path))
        if len(paths) > _SHOWN:
            more = f"{len(paths) - _SHOWN} more stubs: {message}"
            yield Defect(f"proto-generated/{slug}", more, Place(f"{mesh.label}/{FOLDER}gen"))


def owner_of(mesh: Mesh, path: str) -> str | None:
    """The service whose words the folders of a contract fit; None concerns the release.

    `path` is relative to `contracts/`.
    """
    folders = [part for part in path.split("/") if part not in _PLACES]
    return match_owner("/".join(folders), mesh.services)


_PLACES = frozenset({"proto", "gen", "go", "python", "java", "ts", "js", "es", "node", "rust"})
"""folders that say what is in them, not whose"""


def _known(facts: GateFacts) -> ProtoFacts:
    return facts.proto or ProtoFacts()


def _open(mesh: Mesh, facts: GateFacts, gate: str) -> tuple[Defect, ...]:
    """Why the gate cannot be judged at all."""
    if isinstance(facts.then, NoReference):
        message = f"nothing to compare with: {facts.then.reason}"
        return (Defect(f"{gate}/no-reference", message, Place(mesh.label), facts.then.fix),)
    if facts.then is None or facts.proto is None:
        return (_no_answer(mesh, gate, None),)
    return ()


def _no_answer(mesh: Mesh, gate: str, why: Said | Unsaid | Stubs | None) -> Defect:
    reason, fix = (why.reason, why.fix) if isinstance(why, Unsaid) else (_NOBODY, "")
    return Defect(f"{gate}/no-answer", reason, Place(f"{mesh.label}/{FOLDER[:-1]}"), fix)


def _told(mesh: Mesh, code: str, one: Message) -> Defect:
    path = one.path.removeprefix("../before/")
    place = Place(f"{mesh.label}/{FOLDER}{path or 'buf.yaml'}", one.line, one.column)
    said = f"{one.rule}: {one.text}" if one.rule not in {"", _COMPILE} else one.text
    return Defect(code, said, place, "", owner_of(mesh, path))
