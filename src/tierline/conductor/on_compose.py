"""Opens the Compose target of an environment: where its engine is, and what its policy lets pass."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tierline.errors import PermanentError
from tierline.evidence.sources import Sources
from tierline.facts.decision import Severity
from tierline.readiness.codes import CODES
from tierline.targets.compose.site import Site, project_of, socket_of
from tierline.targets.compose.target import ComposeTarget

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace
    from tierline.facts.instant import Instant
    from tierline.policy.model import Policy
    from tierline.targets.local.paths import Folders

_WORSE = list(Severity)


def open_compose(
    workspace: Workspace, folders: Folders, now: Callable[[], Instant]
) -> ComposeTarget:
    """The target of a workspace; PermanentError where its engine's socket is not there."""
    policy = workspace.policy
    socket = socket_of(policy.context, os.environ)
    if not socket.exists():
        raise PermanentError(
            f"{workspace.environment} runs on Docker, and there is no engine at {socket}",
            code="engine/away",
            fix="start Docker, or name its socket: DOCKER_HOST=unix:///run/docker.sock",
        )
    site = Site(
        root=workspace.root,
        environment=workspace.environment,
        project=project_of(policy.namespace, folders.state.name),
        socket=socket,
        state=folders.state,
        environ=dict(os.environ),
        allowed=partial(lets_pass, policy),
        images=workspace.images,
        now=now,
        kept=policy.keeping.kept_revisions,
    )
    return ComposeTarget(site, workspace.mesh, Sources(workspace.root, workspace.mesh))


def lets_pass(policy: Policy, code: str, service_id: str) -> bool:
    """Whether a finding of that code, of that service, would not stop a release."""
    waived = any(
        one.code == code and one.service_id in {None, service_id} and not one.findings
        for one in policy.waivers
    )
    stated = policy.severities.get(code, CODES[code].built_in(policy.kind))
    severity = max(stated, policy.floors.get(code, Severity.OK), key=_WORSE.index)
    return waived or severity in {Severity.OK, Severity.WARN}
