"""Gathers what is known of a release's proto contracts: what moved, and what buf says of it.

Stubs are generated in a scratch folder and compared there; the working tree is never touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tierline.contracts.buf_files import Recipe, for_buf, recipe_of, rules_of
from tierline.contracts.proto import (
    CONFIG,
    FOLDER,
    TEMPLATE,
    Message,
    ProtoFacts,
    Said,
    Stubs,
    Unsaid,
    compared,
    has_protos,
    is_proto_file,
    moved,
    sources,
)
from tierline.evidence.buf import Buf, find_buf
from tierline.evidence.contents import with_contents
from tierline.facts.reference import ContractsThen, Then
from tierline.frozen import frozen
from tierline.mesh.tree import Kind, Tree

LINT, BREAKING, GENERATED = "proto-lint", "proto-breaking", "proto-generated"
GATES = frozenset({LINT, BREAKING, GENERATED})
_NO_PROTOS = "contracts/ has no proto files, now or then"


def proto_facts(root: Path, tree: Tree, then: Then | None, gates: frozenset[str]) -> ProtoFacts:
    """What these gates need; buf is asked only where the release moves proto contracts."""
    if not isinstance(then, ContractsThen):
        return ProtoFacts()
    now = proto_tree(root, tree)
    if not has_protos(_paths(now)) and not has_protos(_paths(then.files)):
        return ProtoFacts(idle=_NO_PROTOS)
    changed = moved(now, then.files)
    if not changed:
        name = then.reference.name
        return ProtoFacts(idle=f"no proto contract, stub or setting of buf moved since {name}")
    return asked(root, now, then.files, gates, changed)


def asked(
    root: Path,
    now: Tree,
    then: Tree | None,
    gates: frozenset[str],
    changed: tuple[str, ...] = (),
) -> ProtoFacts:
    """The same whether or not anything moved; `now` is a proto_tree, without `then` nothing broke."""
    question = _Question.of(root, now)
    lint = question.lint() if LINT in gates else None
    breaking = None
    rules_moved = False
    if BREAKING in gates and then is not None:
        breaking = question.breaking(then)
        rules_moved = _rules(then) != _rules(now) and has_protos(_paths(then))
    generated, why = question.generated() if GENERATED in gates else (None, "")
    return ProtoFacts(changed, "", lint, breaking, generated, why, rules_moved)


def proto_tree(root: Path, tree: Tree) -> Tree:
    """The tree with the content of every file that has to do with proto contracts."""
    return with_contents(root, tree, is_proto_file)


@frozen
class _Question:
    """buf, and the files that it is asked about; either may be a reason why there is no answer."""

    buf: Buf | Unsaid
    files: Mapping[str, bytes] | Unsaid
    now: Tree

    @classmethod
    def of(cls, root: Path, now: Tree) -> _Question:
        return cls(find_buf(root), _given(now), now)

    def lint(self) -> Said | Unsaid:
        if isinstance(self.files, Unsaid):
            return self.files
        if not has_protos(self.files):
            return Said()
        return self.buf if isinstance(self.buf, Unsaid) else self.buf.lint(self.files)

    def breaking(self, then: Tree) -> Said | Unsaid:
        before = _given(then)
        for files in (self.files, before):
            if isinstance(files, Unsaid):
                return files
        if isinstance(self.files, Unsaid) or isinstance(before, Unsaid) or not has_protos(before):
            return Said()
        if not has_protos(self.files):
            return Said(tuple(_gone(path) for path in sorted(before) if path.endswith(".proto")))
        return self.buf if isinstance(self.buf, Unsaid) else self.buf.breaking(self.files, before)

    def generated(self) -> tuple[Stubs | Unsaid | None, str]:
        """The stubs, or why there is no answer; None with the reason why none are generated."""
        recipe = self.recipe()
        if recipe is None:
            return None, f"contracts/{TEMPLATE} has no plugin, so no stubs are generated"
        if isinstance(recipe, Unsaid):
            return recipe, ""
        if isinstance(self.files, Unsaid):
            return self.files, ""
        if not has_protos(self.files):
            return compared({}, recipe.outs, self.now), ""
        if isinstance(self.buf, Unsaid):
            return self.buf, ""
        made = self.buf.generate(self.files, recipe)
        if isinstance(made, Unsaid):
            return made, ""
        return compared(made, recipe.outs, self.now), ""

    def recipe(self) -> Recipe | Unsaid | None:
        path = FOLDER + TEMPLATE
        entry = self.now.entries.get(path)
        if entry is not None and entry.content is None:
            return Unsaid(f"{self.now.shown(path)}: {entry.trouble or 'it is no file'}")
        return recipe_of(entry.content if entry else None, self.now.shown(path))


def _given(tree: Tree) -> Mapping[str, bytes] | Unsaid:
    found = sources(tree)
    return found if isinstance(found, Unsaid) else for_buf(found, tree.shown(FOLDER[:-1]))


def _rules(tree: Tree) -> object:
    files = {
        path.removeprefix(FOLDER): entry.content
        for path, entry in tree.entries.items()
        if path.startswith(FOLDER) and path.rpartition("/")[2] in CONFIG and entry.content
    }
    return rules_of(files)


def _paths(tree: Tree) -> Mapping[str, object]:
    return {
        path: entry
        for path, entry in tree.entries.items()
        if path.startswith(FOLDER) and entry.kind is not Kind.FOLDER
    }


def _gone(path: str) -> Message:
    return Message(path, 0, 0, "FILE_NO_DELETE", f'Previously present file "{path}" was deleted.')
