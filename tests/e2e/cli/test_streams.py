"""Standard streams that are closed, full, left or of another encoding; colours and widths."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from e2e.cli.shop import Shop
from e2e.rollout.field import PATIENCE, TIERLINE


def shell(shop: Shop, line: str, **changes: str | None) -> tuple[int, str, str]:
    """A line of bash in which `tl` is tierline; its exit code, stdout and stderr."""
    command = "tl() { " + shlex.join(TIERLINE) + ' "$@"; }; set -o pipefail; ' + line
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=shop.folder,
        env=shop.under(**changes).environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        timeout=PATIENCE,
        check=False,
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    assert "defect" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("command", ["--version", "--help", "check", "plan --format json"])
def test_a_full_disk_under_stdout_is_an_error_of_the_tool(shop: Shop, command: str) -> None:
    code, _, err = shell(shop, f"tl {command} > /dev/full")
    assert code == 1
    assert command == "--version" or "tool/output" in err


def test_a_message_that_cannot_be_written_changes_no_exit_code(shop: Shop) -> None:
    assert shell(shop, "tl plan M99 2> /dev/full")[0] == 2
    assert shell(shop, "tl plan M99 2>&-")[0] == 2
    assert shell(shop, "tl check 2> /dev/full")[0] == 0


@pytest.mark.parametrize("reader", ["head -1", "true", "head -c 10"])
def test_a_reader_that_leaves_changes_no_exit_code(shop: Shop, reader: str) -> None:
    for command, code in (("check", 0), ("plan M05 --format json", 4), ("schema report-1", 0)):
        assert shell(shop, f"tl {command} | {reader}")[0] == code, command


def test_closed_streams_break_nothing(shop: Shop) -> None:
    assert shell(shop, "tl check <&- >&- 2>&-")[0] == 0
    assert shell(shop, "tl check >&-")[0] == 0
    assert shell(shop, "tl --version >&-")[0] == 0
    code, _, err = shell(shop, "tl rollout <&-")
    assert (code, "usage/needs-yes" in err) == (2, True)


def test_a_rehearsal_whose_progress_and_report_nobody_reads_ends_go(shop: Shop) -> None:
    assert shell(shop, "tl rollout --yes --target simulated 2> /dev/full | true")[0] == 0


ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": None}


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LC_ALL": "xx_YY.nope"}, ASCII])
def test_an_odd_locale_and_a_path_with_blanks_and_umlauts(
    shop: Shop, locale: dict[str, str | None]
) -> None:
    odd = Shop(shop.base / "mäsh of ø shops", shop.base).under(**locale)
    shop.folder.rename(odd.folder)
    plan = odd.tell("plan", "M11", "--format", "json", "-o", "plän one.json")
    assert plan.code == 0, plan.err
    assert json.loads((odd.folder / "plän one.json").read_bytes()) == plan.document
    for command in (("check",), ("plan",), ("plan", "M11", "--format", "mermaid"), ("status",)):
        assert odd.tell(*command).code == 0
    assert odd.tell("check", "--root-path", str(odd.mesh), cwd="/").code == 0
    told = odd.tell("plan", "prøfile")
    assert (told.code, "selection/" in told.err) == (2, True)


def test_names_that_are_no_text_are_refused(shop: Shop) -> None:
    for arguments in (("plan", b"\xff\xfe"), ("check", "--root-path", b"/\xff\xfe")):
        done = subprocess.run(
            [*TIERLINE, *arguments],
            cwd=shop.folder,
            env=shop.environ,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 2
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("columns", ["1", "40", "300", "0", "-5", "abc"])
def test_any_width_is_bearable(shop: Shop, columns: str) -> None:
    narrow = shop.under(COLUMNS=columns)
    for command in ("check", "plan"):
        told = narrow.tell(command)
        assert told.code == 0
        assert "M12-Alert-Center" in told.out


COLOURS = [
    ({"NO_COLOR": None, "FORCE_COLOR": "1"}, True),
    ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ({"NO_COLOR": None, "FORCE_COLOR": None}, False),
    ({"NO_COLOR": None, "FORCE_COLOR": "1", "TERM": "dumb"}, True),
]


@pytest.mark.parametrize(("changes", "coloured"), COLOURS)
def test_colours_only_where_wanted_and_never_in_a_document(
    shop: Shop, changes: dict[str, str | None], coloured: bool
) -> None:
    _, out, _ = shell(shop, "tl check", **changes)
    assert ("\x1b[" in out) is coloured
    _, document, err = shell(shop, "tl check --format json", **changes)
    assert "\x1b" not in document + err
    json.loads(document)


def test_on_a_terminal_that_hangs_up_the_decision_is_still_made(shop: Shop) -> None:
    leader, follower = os.openpty()
    process = subprocess.Popen(
        [*TIERLINE, "check"],
        cwd=shop.folder,
        env=shop.under(NO_COLOR=None, TERM="xterm").environ,
        stdin=follower,
        stdout=follower,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(follower)
    os.close(leader)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode in {0, 1}
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("typed", "said"), [(b"n\n", "nothing was done"), (b"\x04", "interrupted")]
)
def test_a_person_who_says_no_is_told_that_nothing_was_done(
    shop: Shop, typed: bytes, said: str
) -> None:
    leader, follower = os.openpty()
    os.write(leader, typed)
    process = subprocess.Popen(
        [*TIERLINE, "down"],
        cwd=shop.folder,
        env=shop.environ,
        stdin=follower,
        stdout=subprocess.PIPE,
        stderr=follower,
    )
    out, _ = process.communicate(timeout=PATIENCE)
    shown = os.read(leader, 10_000).decode()
    os.close(follower)
    os.close(leader)
    assert (process.returncode, out) == (1, b"")
    assert shown.rstrip().endswith(said)


def test_a_terminal_gets_colours_and_its_own_width(shop: Shop, tmp_path: Path) -> None:
    record = tmp_path / "typescript"
    command = shlex.join([*TIERLINE, "check"])
    code, _, _ = shell(
        shop,
        f"script -qec {shlex.quote('stty cols 60; ' + command)} {record}",
        NO_COLOR=None,
        TERM="xterm",
    )
    shown = record.read_text(errors="replace")
    assert code == 0
    assert "\x1b[32m" in shown
    assert max(len(line) for line in shown.splitlines() if "fix:" in line) < 75
