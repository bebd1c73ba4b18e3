"""Has the mesh's own gate scripts run; which of them are its own, the templates of ours say."""

from __future__ import annotations

from tierline.conductor.workspace import Workspace
from tierline.evidence.own_scripts import Tell, gate_scripts, run_scripts
from tierline.facts.scripts import OwnScripts
from tierline.scaffold.template import templates


def own_scripts(workspace: Workspace, tell: Tell) -> OwnScripts:
    """What they said; whoever calls this trusts the mesh."""
    wrappers = (text.encode() for path, text in templates("mesh") if path.startswith("scripts/"))
    names = gate_scripts(workspace.tree, wrappers, workspace.root)
    return run_scripts(workspace.root, names, tell)
