"""Reads the policy file that a person names; never one that the mesh itself could have brought."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tierline.errors import UsageError
from tierline.mesh.clean import clean
from tierline.policy.file import DeclaredEnvironment, PolicyFile, parse_policy
from tierline.policy.model import SignalSource, Waiver
from tierline.policy.waivers import SIZE, parse_waivers

MOST_POLICY_BYTES = 1 << 20
_MOST_LINKS = 40


def read_policy_file(path: Path | None, root: Path | None = None) -> PolicyFile | None:
    """The file named, else that of TIERLINE_POLICY, else None.

    UsageError for one that cannot be used, or that lies in the mesh at `root` or is reached through
    it: a mesh may be hostile, and would then set the rules it is judged by.
    """
    given = os.environ.get("TIERLINE_POLICY")
    named = path or (Path(given) if given is not None else None)
    if named is None:
        return None
    shown = clean(str(named), 200)
    refuse_in_mesh(named, root)
    fix = "name a readable file with --policy or TIERLINE_POLICY"
    content = _content(named, f"policy file {shown}", MOST_POLICY_BYTES, fix)
    if len(content) > MOST_POLICY_BYTES:
        raise UsageError(f"policy file {shown} is larger than 1 MiB", code="usage/policy", fix=fix)
    read, defects = parse_policy(content.decode(errors="surrogateescape"), str(named))
    if read is None:
        lines = "\n  ".join(f"{defect.place}: {defect.message}" for defect in defects)
        raise UsageError(
            f"policy file {shown} cannot be used:\n  {lines}",
            code="usage/policy",
            fix=defects[0].fix if defects else "",
        )
    environments = {
        name: _with_tokens(_with_kubeconfig(one, named, root), named, root)
        for name, one in read.environments.items()
    }
    waivers = (*read.waivers, *_more_waivers(named, read, root))
    return replace(read, environments=environments, waivers=waivers)


def _with_kubeconfig(
    declared: DeclaredEnvironment, named: Path, root: Path | None
) -> DeclaredEnvironment:
    """The environment with its kubeconfig from the policy file's folder on; never one of the mesh."""
    if not declared.access.kubeconfig:
        return declared
    file = named.parent / declared.access.kubeconfig
    refuse_in_mesh(file, root, "kubeconfig", "keep it outside, where only its users can change it")
    return replace(declared, access=replace(declared.access, kubeconfig=str(file)))


def _with_tokens(
    declared: DeclaredEnvironment, named: Path, root: Path | None
) -> DeclaredEnvironment:
    """The environment with its tokens from the policy file's folder on; never one of the mesh."""
    found: list[SignalSource] = []
    for one in declared.access.sources:
        file = named.parent / one.token_file if one.token_file else None
        if file is not None:
            refuse_in_mesh(file, root, "token", "keep it outside, where only its users can read it")
        found.append(replace(one, token_file=str(file or "")))
    return replace(declared, access=replace(declared.access, sources=tuple(found)))


def _more_waivers(named: Path, read: PolicyFile, root: Path | None) -> Iterator[Waiver]:
    """Those of the files that a policy file names; UsageError for one that cannot be used."""
    for name in read.waivers_from:
        file = named.parent / name
        shown = clean(str(file), 200)
        refuse_in_mesh(file, root)
        fix = "correct waivers_from, or write it: tierline check --baseline FILE"
        content = _content(file, f"file of waivers {shown}", SIZE, fix)
        found, defects = parse_waivers(content, str(file))
        if defects:
            lines = "\n  ".join(f"{defect.place}: {defect.message}" for defect in defects)
            raise UsageError(
                f"file of waivers {shown} cannot be used:\n  {lines}",
                code="usage/policy",
                fix=defects[0].fix,
            )
        yield from found


_OUTSIDE = "keep it outside; what a mesh may say itself, only stricter, is in tierline.toml"


def refuse_in_mesh(
    file: Path, root: Path | None, what: str = "policy file", fix: str = _OUTSIDE
) -> None:
    """UsageError for a file that lies in the mesh at `root` or is reached through it."""
    if root is not None and _through(file, root):
        raise UsageError(
            f"{what} {clean(str(file), 200)} lies in the mesh, which it is to judge",
            code="usage/policy-in-mesh",
            fix=fix,
        )


def _content(file: Path, what: str, most: int, fix: str) -> bytes:
    """What is in a file, and of a longer one a byte more than `most`."""
    try:
        with file.open("rb") as stream:
            return stream.read(most + 1)
    except OSError as error:
        raise UsageError(
            f"{what} cannot be read: {error.strerror}", code="usage/policy", fix=fix
        ) from error


def _through(path: Path, root: Path) -> bool:
    """Whether the way to a file passes the mesh: by its name, or by a link on the way."""
    mesh = Path(os.path.realpath(root))
    at, links = Path("/"), 0
    waiting = list(reversed(Path(os.path.abspath(path)).parts[1:]))  # noqa: PTH100 - links are followed one by one
    while waiting:
        part = waiting.pop()
        at = at.parent if part == ".." else at / part
        if at == mesh or mesh in at.parents:
            return True
        if at.is_symlink():
            links += 1
            if links > _MOST_LINKS:
                return True
            leads = at.readlink()
            at = Path("/") if leads.is_absolute() else at.parent
            waiting += reversed(leads.parts[1:] if leads.is_absolute() else leads.parts)
    return False
