"""The key that a command signs evidence with: the one named, the only one, or one made just now."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from tierline.cli import output
from tierline.cli.session import user
from tierline.conductor.keeping import Signer
from tierline.errors import UsageError
from tierline.evidence.keys import all_keys, keys_folder, new_key, private_key
from tierline.policy.model import Demand
from tierline.policy.trust import NAME
from tierline.report.keys import key_id

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace
    from tierline.evidence.keys import Key


def signer_of(workspace: Workspace, name: str | None) -> Signer:
    """Who signs. UsageError where the name is of no key, or several would do.

    Who has no key at all gets one: evidence that nobody signed counts nowhere.
    """
    folder = keys_folder(os.environ)
    found = all_keys(folder)
    if not found and name is None:
        made = new_key(folder, _own_name())
        output.note(f"made the key {made.name} to sign evidence with, in {folder}")
        found = (made,)
    key = _one(workspace, found, name)
    trust = workspace.policy.trust
    if workspace.policy.demand("trusted_tests") is not Demand.OFF and not trust.holder(key.public):
        output.note(
            f"warning: the policy of {workspace.environment} does not trust your key "
            f"{key.name} ({key_id(key.public)}), so what it signs will not count there"
        )
    holder = trust.holder(key.public) or key.name
    return Signer(holder, key.public, private_key(folder, key.name))


def _one(workspace: Workspace, found: tuple[Key, ...], name: str | None) -> Key:
    if name is not None:
        found = tuple(one for one in found if one.name == name)
    trusted = tuple(one for one in found if workspace.policy.trust.holder(one.public))
    usual = tuple(one for one in found if one.name == _own_name())
    for some in (found, trusted, usual):
        if len(some) == 1:
            return some[0]
    listed = ", ".join(one.name for one in found)
    raise UsageError(
        f"several keys could sign: {listed}" if found else f"you have no key {name}",
        code="key/unknown",
        fix="name one with --key" if found else "see tierline key list, or tierline key new NAME",
    )


def _own_name() -> str:
    name = re.sub(r"[^A-Za-z0-9._@+-]", "-", user())[:64]
    return name if NAME.fullmatch(name) else "tests"
