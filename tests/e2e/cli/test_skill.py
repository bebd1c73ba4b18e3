"""The skill that agents follow, followed to the letter on the demo mesh."""

from __future__ import annotations

import re
import subprocess
from importlib.resources import files

import pytest

from e2e.cli.shop import Shop
from e2e.rollout.field import TIERLINE

pytestmark = [pytest.mark.required("git", "buf"), pytest.mark.slow]

SKILL = "mesh-release-and-operations/SKILL.md"
TEXT = (files("tierline.scaffold") / "templates/skill" / SKILL).read_text(encoding="utf-8")
BLOCKS = re.findall(r"```bash\n(.*?)```", TEXT, re.DOTALL)


def test_every_command_of_the_skill_works_as_written_one_after_the_other(shop: Shop) -> None:
    done = shop.shell("set -eu\n" + "".join(BLOCKS))
    shop.tell("down")
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    assert "M05-Partner-Directory-Service" in (shop.mesh / "docs/release-issues.md").read_text()


def test_every_command_that_the_skill_names_exists() -> None:
    named = set(re.findall(r"tierline ([a-z-]+)", TEXT)) - {"decides", "and"}
    table = subprocess.run([*TIERLINE, "--help"], capture_output=True, text=True, check=True).stdout
    assert {one for one in named if not re.search(rf"^  {one} ", table, re.MULTILINE)} == set()


def test_it_is_installed_once_and_another_version_is_kept(shop: Shop) -> None:
    own = shop.folder / "skills" / SKILL
    assert own.read_text() == TEXT, "the demo has it"
    assert "already" in shop.tell("skill", "install").err
    own.write_text("our own way\n")
    told = shop.tell("skill", "install")
    assert (told.code, own.read_text()) == (2, "our own way\n")
    assert shop.tell("skill", "install", "--force").code == 0
    assert own.read_text() == TEXT
    assert shop.tell("skill", "show").out == TEXT
    elsewhere = shop.base / "agent"
    assert shop.tell("skill", "install", str(elsewhere)).code == 0
    assert (elsewhere / SKILL).read_text() == TEXT
