"""A service is added to go.work and to the deployment profile; every other line stays."""

from __future__ import annotations

import pytest

from tierline.scaffold.line_edit import add_bullet, add_row, add_use

WORK = "go 1.24\n\nuse (\n\t./contracts // stubs\n\t./platform\n\t./services/b\n)\n\nreplace a => ./a\n"


@pytest.mark.parametrize(
    ("folder", "before"),
    [("services/a", "\t./services/b\n"), ("services/c", ")\n"), ("a", "\t./contracts")],
)
def test_a_sorted_go_work_stays_sorted(folder: str, before: str) -> None:
    wanted = WORK.replace(before, f"\t./{folder}\n{before}", 1)
    assert add_use(WORK.encode(), folder).decode() == wanted


def test_an_unsorted_one_gets_it_last_and_one_without_a_block_a_line() -> None:
    text = "go 1.24\nuse (\n  ./b\n  ./a\n)\n"
    assert add_use(text.encode(), "c").decode() == text.replace("  ./a\n", "  ./a\n  ./c\n")
    assert add_use(b"go 1.24\nuse ./a", "c") == b"go 1.24\nuse ./a\n\nuse ./c\n"
    assert add_use(b"go 1.24\r\nuse (\r\n)\r\n", "c") == b"go 1.24\r\nuse (\r\n\t./c\r\n)\r\n"


PROFILE = """\
# Profile

| Service | Category | Deployment |
|---|---|---|
| M01-A | X | **Microservice** |
| M31-O | Legacy | **Monolith** |

Prose.

## Suggested Microservice Clusters

### Data, AI, and Decisioning

- M01-A

## Notes

| a | b | c |
"""


def test_a_row_follows_the_last_microservice() -> None:
    row = "| M01-A | X | **Microservice** |\n"
    wanted = PROFILE.replace(row, f"{row}| M02-B | AI | **Microservice** |\n")
    assert add_row(PROFILE.encode(), "M02-B", "AI").decode() == wanted


def test_a_bullet_goes_below_its_title_or_a_new_one() -> None:
    added = add_bullet(PROFILE.encode(), "M02-B", "Data, AI, and Decisioning", "data-ai").decode()
    assert added == PROFILE.replace("- M01-A\n", "- M01-A\n- M02-B\n")
    other = add_bullet(PROFILE.encode(), "M02-B", "Core Platform", "core-platform").decode()
    assert other == PROFILE.replace("- M01-A\n", "- M01-A\n\n### Core Platform\n\n- M02-B\n")
    none = add_bullet(b"# Profile\n", "M02-B", "Core Platform", "core-platform").decode()
    assert none == (
        "# Profile\n\n## Suggested Microservice Clusters\n\n### Core Platform\n\n- M02-B\n"
    )
