"""Plans in text, SVG and Mermaid: nothing too wide, nothing that a hostile name can break out of."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from made.plans import mesh_of, request_of
from made.shop import blocked, ready
from tierline.facts.decision import Decision
from tierline.plan.build import build
from tierline.plan.model import Blocker, Plan
from tierline.report.names import cut, fitted, short_names
from tierline.report.plan_mermaid import plan_mermaid
from tierline.report.plan_picture import Cap, note, picture
from tierline.report.plan_svg import plan_svg
from tierline.report.plan_text import plan_text

HOSTILE = 'M01-"]</text><script>x</script>\x1b[31m\u202e;--><!--\n`|%%{init'


def large(count: int) -> Plan:
    return build(request_of(mesh_of({f"M{i:04d}-Service": () for i in range(count)})))


def hostile() -> Plan:
    plan = ready()
    first, *rest = plan.services
    services = (replace(first, service_id=HOSTILE), *rest)
    batches = (replace(plan.batches[0], services=(HOSTILE,)), *plan.batches[1:])
    blocker = Blocker("a/b", HOSTILE, HOSTILE, (HOSTILE, HOSTILE))
    services = tuple(replace(s, owners=()) for s in services)
    return replace(plan, services=services, batches=batches, blockers=(blocker,), selection=HOSTILE)


@pytest.mark.parametrize("width", [72, 80, 120, 200])
@pytest.mark.parametrize("plan", [ready, blocked])
def test_no_line_of_the_table_or_of_prose_is_too_wide(plan, width: int) -> None:
    for line in plan_text(plan(), width).splitlines():
        assert len(line) <= width or line.startswith(("  M07-Payout-Service worker:", "Owners out"))


def test_every_service_stands_in_the_table_once_and_in_order() -> None:
    table = plan_text(blocked(), 200).split("\n\n")[1:3]
    shown = re.findall(r"^\s*(\d+)  \S+ +\S+ +(M\d\d)-", "\n".join(table), re.MULTILINE)
    assert [int(place) for place, _ in shown] == list(range(1, 8))
    assert [name for _, name in shown] == [s.service_id[:3] for s in blocked().services]


def test_a_plan_of_nothing_is_shown_with_its_blockers() -> None:
    mesh = mesh_of({"A-One": ("B-Two",), "B-Two": ("A-One",)})
    text = plan_text(build(request_of(mesh)))
    assert "A-One -> B-Two -> A-One" in text
    assert "NO-GO: 0 services" in text


def test_text_has_no_control_or_reordering_characters() -> None:
    text = plan_text(hostile(), 200)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert r"\x1b[31m" in text


def test_svg_is_well_formed_and_a_hostile_name_stays_text() -> None:
    root = ET.fromstring(plan_svg(hostile()))  # noqa: S314 - our own output
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {
        "svg", "title", "desc", "style", "defs", "marker", "path", "rect", "text", "g",
    }  # fmt: skip
    assert any("<script>" in (element.text or "") for element in root.iter())
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on") or "href" in name}


def test_svg_says_decisions_in_words() -> None:
    root = ET.fromstring(plan_svg(blocked()))  # noqa: S314 - our own output
    words = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert [words.count(str(d)) for d in Decision] == [5, 1, 1]


def test_svg_draws_each_edge_from_left_to_right() -> None:
    paths = re.findall(r'd="M(\d+) .* (\d+) \d+"', plan_svg(ready()))
    assert len(paths) == sum(len(s.owners) for s in ready().services)
    assert all(int(start) < int(end) for start, end in paths)


def test_large_plans_are_drawn_in_part_and_say_so() -> None:
    plan = large(400)
    assert plan_svg(plan).count('class="box"') == 300
    assert "not drawn: 100 services" in plan_svg(plan)
    assert plan_mermaid(plan).count(":::go") == 150
    assert "not drawn#58; 250 services" in plan_mermaid(plan)


def test_what_is_not_go_is_drawn_first() -> None:
    plan = blocked()
    shown = picture(plan, Cap(services=2, edges=9))
    names = [s.service_id[:3] for _, services in shown.columns for s in services]
    assert names == ["M06", "M07"]
    assert shown.edges == (("M06-Payments-Ledger-Service", "M07-Payout-Service"),)
    assert note(shown) == "not drawn: 5 services; the table has them"
    assert "1 edges" in note(picture(plan, Cap(services=9, edges=6)))


def test_mermaid_has_names_in_quoted_labels_only() -> None:
    for line in plan_mermaid(hostile()).splitlines():
        assert re.fullmatch(
            r'flowchart LR|  (subgraph b\d+\["[^"<>]*"\]|  s\d+\["[^"<>]*<br/>[^"<>]*"\]:::\w+|end'
            r'|s\d+ --> s\d+|left\["[^"<>]*"\]|classDef [\w :#,-]+)',
            line,
        ), line


def test_short_names_are_short_only_where_they_tell_services_apart() -> None:
    names = short_names(["M01-A", "M02-B", "M02-C", "plain"])
    assert names == {"M01-A": "M01", "M02-B": "M02-B", "M02-C": "M02-C", "plain": "plain"}


def test_cut_and_fitted_count_columns_of_the_terminal() -> None:
    assert cut("abcdef", 4) == "abc…"
    assert cut("日本語", 5) == "日本…"
    assert cut("abc", 3) == "abc"
    assert fitted([["one", "a long cell"], ["2", "b"]], {1: 4}, 9) == [["one", "a l…"], ["2", "b"]]
