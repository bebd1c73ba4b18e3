"""`check --baseline`: writes the failures of a mesh down as waivers that end, and takes out what is mended."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import re
import time
from dataclasses import replace
from pathlib import Path

from tierline.cli import output
from tierline.cli.baseline_options import Wish
from tierline.cli.writing import write_file
from tierline.conductor.checking import gathered
from tierline.conductor.policy_file import refuse_in_mesh
from tierline.conductor.workspace import Workspace
from tierline.errors import UsageError
from tierline.mesh.clean import clean
from tierline.policy.model import EnvironmentKind, Policy, Waiver
from tierline.policy.waivers import SIZE, end_of, parse_waivers, waivers_toml
from tierline.readiness.baseline import Baseline, Signed, rebased
from tierline.readiness.check import check
from tierline.readiness.model import Check
from tierline.readiness.waivers import BASELINE

DAYS = 90
"""how long a baseline counts unless it is said"""
MOST_DAYS = 366


def with_baseline(workspace: Workspace, only: frozenset[str] | None, wish: Wish) -> Check:
    """Write the baseline, and check again with it; what was done is told on stderr."""
    now = time.time()
    file, shown = _file(workspace, wish)
    old = _read(file, shown)
    signed = _signed(wish, now) if old is None or wish.grow else None
    facts = gathered(workspace, only, now)

    def under(waivers: tuple[Waiver, ...]) -> Check:
        return check(workspace.mesh, facts, _policy(workspace, shown, waivers), only, now)

    result = under(old or ())
    made = rebased(result, old or (), signed, now)
    if made.added or made.mended:
        text = waivers_toml(made.waivers)
        write_file(file, text)
        waivers, _ = parse_waivers(text.encode(), shown)
        result = under(waivers)
    _tell(made, shown, is_new=old is None, named=wish.file)
    if wish.file and not any(one.place.path == shown for one in workspace.policy.waivers):
        name = json.dumps(file.name)
        output.note(f"it counts once the policy file beside it says: waivers_from = [{name}]")
    return result


def _file(workspace: Workspace, wish: Wish) -> tuple[Path, str]:
    """The file, and the path that places in it show."""
    if not wish.file:
        if workspace.policy.kind is not EnvironmentKind.LOCAL:
            raise UsageError(
                f"a baseline in the mesh does not count in {workspace.environment}",
                code="usage/baseline",
                fix="name a file beside the policy file: --baseline FILE",
            )
        return workspace.root / BASELINE, f"{workspace.root.name}/{BASELINE}"
    file = Path(wish.file)
    if file.suffix != ".toml":
        raise UsageError(
            f"{clean(wish.file, 200)} is no .toml file, and a baseline is one of the whole mesh",
            code="usage/baseline",
            fix="name the file to write, or leave it out for the mesh's own",
        )
    refuse_in_mesh(file, workspace.root)
    return file, str(file)


def _read(file: Path, shown: str) -> tuple[Waiver, ...] | None:
    """The waivers of the file; None where there is none yet."""
    try:
        with file.open("rb") as stream:
            content = stream.read(SIZE + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(
            f"{clean(shown, 200)} cannot be read: {error.strerror}",
            code="usage/baseline",
            fix="name a readable file, or one that is not there yet",
        ) from error
    waivers, defects = parse_waivers(content, shown)
    if defects:
        lines = "\n  ".join(f"{defect.place}: {defect.message}" for defect in defects)
        raise UsageError(
            f"{clean(shown, 200)} cannot be used:\n  {lines}",
            code="usage/baseline",
            fix="correct it, or remove it for a new one",
        )
    return waivers


def _signed(wish: Wish, now: float) -> Signed:
    today = dt.datetime.fromtimestamp(now, dt.UTC).date()
    end = _end(wish.expires, today)
    author = (wish.author or _user()).strip()
    if not author:
        raise UsageError(
            "nobody answers for the baseline", code="usage/baseline", fix="say who: --author NAME"
        )
    return Signed(clean(author), f"baseline of {today.isoformat()}", end_of(end))


def _end(said: str | None, today: dt.date) -> dt.date:
    if said is None:
        return today + dt.timedelta(days=DAYS)
    days = re.fullmatch(r"([0-9]{1,4})d", said)
    try:
        end = today + dt.timedelta(days=int(days[1])) if days else dt.date.fromisoformat(said)
    except ValueError:
        end = today - dt.timedelta(days=1)
    if not today <= end <= today + dt.timedelta(days=MOST_DAYS):
        raise UsageError(
            f"--expires {clean(said)}: a baseline ends at a day within {MOST_DAYS} days from now",
            code="usage/baseline",
            fix=f"such as --expires 30d or --expires {today + dt.timedelta(days=DAYS)}",
        )
    return end


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _policy(workspace: Workspace, shown: str, waivers: tuple[Waiver, ...]) -> Policy:
    """The policy with these waivers for those of the file."""
    others = tuple(one for one in workspace.policy.waivers if one.place.path != shown)
    return replace(workspace.policy, waivers=(*others, *waivers))


def _tell(made: Baseline, shown: str, *, is_new: bool, named: str) -> None:
    file = clean(shown, 200)
    again = f"tierline check --baseline{f' {clean(named, 200)}' if named else ''} --grow"
    if is_new and not made.added:
        output.note(f"nothing fails, so {file} was not written")
    elif is_new:
        output.note(f"wrote {file}: findings that count as warnings until it expires: {made.added}")
    else:
        if made.mended:
            output.note(f"{file}: mended and taken out: {made.mended}; left: {made.size}")
        if made.added:
            output.note(f"{file}: taken in: {made.added}")
        if not made.mended and not made.added:
            output.note(f"{file}: nothing of it is mended, so it stays as it is")
    if made.left:
        output.note(
            f"failures that are not in it, and count: {made.left}; to take them in: {again}"
        )
