"""The ledger in people's hands: notes, who takes them on, closing, and the file in the mesh."""

from __future__ import annotations

from typing import Any

import pytest

from e2e.cli.shop import Shop

pytestmark = [pytest.mark.required("git"), pytest.mark.slow]


def note(shop: Shop, *words: str) -> str:
    told = shop.tell("issues", "add", *(words or ("M01", "the export fails")))
    assert told.code == 0
    return told.out.strip()


def listed(shop: Shop, *words: str) -> list[Any]:
    return shop.tell("issues", "list", *words, "--format", "json").document["issues"]


def test_what_a_person_noted_says_whom_it_hits_and_lives_until_it_is_closed(shop: Shop) -> None:
    issue = note(shop)
    again = shop.tell("issues", "add", "m01", "the export fails")
    assert (again.out.strip(), again.err) == (issue, f"{issue} is open already\n")
    shown = shop.tell("issues", "show", issue[2:6]).out
    assert "in the whole mesh 10 depend on it" in shown
    assert "promises openapi M01-Authentication-Service" in shown
    assert shop.tell("issues", "assign", issue, "ada").err == f"{issue} is for ada\n"
    assert [one["id"] for one in listed(shop, "--assignee", "ada")] == [issue]
    assert shop.tell("issues", "close", issue, "--reason", "it runs").code == 0
    assert listed(shop) == []
    (closed,) = listed(shop, "--all")
    assert [mark["deed"] for mark in closed["history"]] == ["opened", "assigned", "closed"]
    assert note(shop) == issue, "the same trouble re-opens"
    assert [one["reopened"] for one in listed(shop)] == [1]


def test_the_ledger_is_a_file_of_the_mesh_that_nothing_else_loses(shop: Shop) -> None:
    issue = note(shop, "-", "a <b>run book</b> is missing | today", "--next", "write `it`")
    assert shop.tell("issues", "export").code == 0
    file = shop.mesh / "docs/release-issues.md"
    text = file.read_text()
    assert f"## {issue} the release" in text
    assert r"a \<b\>run book\</b\> is missing \| today" in text
    shop.tell("issues", "export")
    assert file.read_text() == text, "the same ledger gives the same file"
    file.write_text("our own notes\n")
    told = shop.tell("issues", "export")
    assert (told.code, file.read_text()) == (2, "our own notes\n")


def test_an_export_follows_no_link_of_the_mesh(shop: Shop) -> None:
    outside = shop.folder.parent / "outside"
    outside.mkdir()
    docs = shop.mesh / "docs"
    docs.rename(shop.mesh / "papers")
    docs.symlink_to(outside)
    note(shop)
    assert shop.tell("issues", "export").code == 2
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "I-00000000"), "there is no issue I-00000000"),
        (("close", "", "--reason", "x"), "there is no issue"),
        (("add", "M99", "words"), "the mesh has no service M99"),
        (("add", "M01", "  "), "say what is unresolved"),
        (("--all", "show", "I-1"), "options of show stand after it"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_bad_words_are_refused_and_nothing_is_kept(
    shop: Shop, words: tuple[str, ...], said: str
) -> None:
    told = shop.tell("issues", *words)
    assert (told.code, told.out) == (2, "")
    assert said in told.err
    assert listed(shop, "--all") == []
