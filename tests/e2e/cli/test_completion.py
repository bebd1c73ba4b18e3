"""Completion as a shell does it: the script is sourced, a word is begun, the shell answers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.cli.shop import Shop
from e2e.rollout.field import PATIENCE

BIN = Path(sys.executable).parent
BASH = """
source <(tierline completion bash)
COMP_WORDS=({words}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
$(complete -p tierline | sed 's/.*-F \\([^ ]*\\).*/\\1/') tierline
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def bash(shop: Shop, words: str, cwd: Path | None = None) -> set[str]:
    """What bash offers for the last of these words."""
    done = subprocess.run(
        ["bash", "-c", BASH.format(words=words)],
        cwd=cwd or shop.folder,
        env=shop.under(PATH=f"{BIN}:/usr/bin:/bin").environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.stderr == ""
    return set(done.stdout.split())


OFFERED = [
    ("tierline che", {"check"}),
    ("tierline rollout --superse", {"--supersedes"}),
    ("tierline check --format ''", {"text", "json"}),
    ("tierline check --gate struc", {"structure"}),
    ("tierline logs M05", {"M05-Partner-Directory-Service"}),
    ("tierline plan M05", {"M05-Partner-Directory-Service"}),
    ("tierline plan +m05", {"+M05-Partner-Directory-Service"}),
    ("tierline plan M01 tier:0,2+M05", {"tier:0,2+M05-Partner-Directory-Service"}),
    ("tierline plan dom", {f"domain:{name}" for name in ("core-platform", "data-ai")}),
    ("tierline plan domain : d", {"data-ai"}),
    ("tierline plan tier :", {"0", "1", "2"}),
    ("tierline plan chan", {"changed:"}),
    ("tierline explain lease/h", {"lease/held"}),
    ("tierline completion z", {"zsh"}),
    ("tierline schema poli", {"policy"}),
    ("tierline check --target sim", {"simulated"}),
    ("tierline plan --env l", {"local"}),
    ("tierline rollout --supersedes l", {"latest"}),
    ("tierline why M05", {"M05-Partner-Directory-Service"}),
]


@pytest.mark.parametrize(
    ("words", "offered"), OFFERED, ids=lambda w: str(w) if isinstance(w, str) else ""
)
def test_bash_completes(shop: Shop, words: str, offered: set[str]) -> None:
    assert offered <= bash(shop, words)


def test_a_word_that_begins_nothing_is_left_alone(shop: Shop) -> None:
    assert bash(shop, "tierline plan M99") == set()


def test_outside_a_mesh_there_is_nothing_to_offer_and_nothing_to_say(
    shop: Shop, tmp_path: Path
) -> None:
    assert bash(shop, "tierline plan M05", tmp_path) == set()
    (shop.mesh / "tierline.toml").write_text("a = [")
    assert bash(shop, "tierline plan M05") == set()


@pytest.mark.parametrize("name", ["zsh", "fish"])
def test_other_shells_get_a_script_of_their_own_that_answers(shop: Shop, name: str) -> None:
    script = shop.tell("completion", name)
    assert (script.code, "_TIERLINE_COMPLETE" in script.out) == (0, True)
    asked = shop.under(
        _TIERLINE_COMPLETE=f"{name}_complete",
        COMP_WORDS="tierline plan domain:da" if name == "zsh" else "tierline plan",
        COMP_CWORD="2" if name == "zsh" else "domain:da",
    )
    told = asked.tell()
    assert told.code == 0
    assert "domain:data-ai" in told.out
    if shutil.which(name):
        file = shop.folder / "script"
        file.write_text(script.out)
        subprocess.run([name, "-n", file], check=True, capture_output=True)
