"""A production environment on local processes, its policy file, and people with keys of their own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from e2e.cli.shop import Done, Shop
from tierline.conductor.checking import COMPARING

LENIENT = "\n".join(f'"{gate}/no-reference" = "warn"' for gate in sorted(COMPARING))
"""a shallow clone has nothing to compare contracts with, and that is not what these tests are about"""
POLICY = """\
version = 1
{more}
[environments.prod]
kind = "production"
target = "local"
[environments.prod.requirements]
tests = "off"
[environments.other]
kind = "production"
target = "local"
[environments.other.requirements]
tests = "off"
[trust]
keys = [{keys}]
approvers = [{approvers}]
[severity]
"owners/external" = "warn"
{lenient}
"""
APPROVERS = ("ada ada@example.org", "eve eve@example.org", "nobody-knows")
AUTHOR = "eve@example.org"


@dataclass(frozen=True)
class People:
    """A shop whose environment `prod` wants approvals; every person has a folder of keys."""

    shop: Shop
    keys: Mapping[str, str]

    @property
    def plan(self) -> Path:
        """Where plans are written."""
        return self.shop.folder / "plan.json"

    def policy(self, *holders: str, more: str = "", approvers: tuple[str, ...] = APPROVERS) -> Path:
        """Write the policy that trusts these people's keys; returns its file."""
        file = self.shop.base / "policy.toml"
        keys = ", ".join(f'"{self.keys[name]}"' for name in holders)
        named = ", ".join(f'"{one}"' for one in approvers)
        file.write_text(POLICY.format(more=more, keys=keys, approvers=named, lenient=LENIENT))
        return file

    def tell(self, person: str, *arguments: str, state: str = "s") -> Done:
        """A command of that person, under the policy file of this shop; `state` is a machine."""
        (self.shop.base / state).mkdir(mode=0o700, exist_ok=True)
        mine = self.shop.under(
            XDG_CONFIG_HOME=str(self.shop.base / "keys" / person),
            XDG_STATE_HOME=str(self.shop.base / state),
            TIERLINE_POLICY=str(self.shop.base / "policy.toml"),
        )
        return mine.tell(*arguments)

    def planned(self, selection: str = "M11", environment: str = "prod") -> Path:
        """A plan of one service, GO but for an approval."""
        told = self.tell("ops", "plan", selection, "--env", environment, "-o", str(self.plan))
        assert told.code == 0, told.err + told.out
        return self.plan

    def approve(self, person: str, *more: str, state: str = "s") -> Done:
        """That person's approval of the plan."""
        return self.tell(person, "approve", "plan.json", "--yes", *more, state=state)

    def roll_out(self, *more: str, what: str = "plan.json") -> Done:
        """Roll the plan out in prod, without being asked."""
        arguments = ("rollout", what, "--env", "prod", "--yes", "--format", "json", *more)
        return self.tell("ops", *arguments)

    def refused(self, *more: str, what: str = "plan.json") -> str:
        """The same, refused: HOLD, nothing started, nothing journalled; the codes in the way."""
        told = self.roll_out(*more, what=what)
        assert told.code == 4, told
        assert (told.document["decision"], told.document["state"]) == ("HOLD", "refused")
        assert "next: another person runs tierline approve" not in told.out
        assert self.tell("ops", "report", "--env", "prod").code == 2
        assert self.shop.supervisors() == []
        return " ".join(one["code"] for one in told.document["blockers"])

    def commit(self, email: str = AUTHOR, service: str = "M11") -> None:
        """A change of a service, committed by somebody."""
        (folder,) = self.shop.mesh.glob(f"services/*/{service}-*")
        with (folder / "README.md").open("a") as file:
            file.write(f"changed by {email}\n")
        git(self.shop.folder, "add", "-A")
        who = ("-c", f"user.email={email}", "-c", "user.name=x", "-c", "commit.gpgsign=false")
        git(self.shop.folder, *who, "commit", "-q", "-m", "change")


def git(folder: Path, *arguments: str) -> None:
    """Run git, which must succeed."""
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def make_people(shop: Shop, names: tuple[str, ...]) -> People:
    """Keys for everybody, made by the command."""
    keys: dict[str, str] = {}
    for name in names:
        home = shop.base / "keys" / name
        told = shop.under(XDG_CONFIG_HOME=str(home)).tell("key", "new", name)
        assert told.code == 0, told.err
        keys[name] = told.out.strip()
    people = People(shop, keys)
    people.policy(*names[:3])
    people.commit()
    return people


def edited(file: Path, **changes: object) -> None:
    """Change fields of a JSON file."""
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))
