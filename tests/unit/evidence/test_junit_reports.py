"""JUnit reports of anybody: what they count, and what is refused of them."""

from __future__ import annotations

import pytest

from tierline.evidence.suites.junit import MOST_DEEP, NoReport, Report, read_junit
from tierline.facts.testing import Counts

REPORT = b"""<?xml version="1.0"?>
<testsuites>
 <testsuite name="one" timestamp="2026-05-04T10:00:00" tests="5">
  <testcase classname="A" name="works"/>
  <testcase classname="A" name="fails"><failure message="1 is not 2">at a:3</failure></testcase>
  <testcase classname="A" name="breaks"><error message="boom"/></testcase>
  <testcase name="later"><skipped/></testcase>
 </testsuite>
 <testsuite name="two" timestamp="2026-05-04T12:00:00+02:00"><testcase name="too"/></testsuite>
</testsuites>"""
BOMB = b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><testsuite>&z;</testsuite>'


def test_what_a_report_says() -> None:
    assert read_junit(REPORT) == Report(
        Counts(2, 2, 1),
        ("A.works", "too"),
        ("A.fails", "A.breaks"),
        "A.fails\n1 is not 2at a:3\nA.breaks\nboom",
        1777888800.0,
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no XML"),
        (b"<testsuite>", "is no XML"),
        (b"<html/>", "begins with html"),
        (BOMB, "document type or entities"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><testsuite/>', "document type or entities"),
        (b"<testsuite>" + b"<a>" * MOST_DEEP + b"</a>" * MOST_DEEP + b"</testsuite>", "too deep"),
        (b"<testsuite>&unknown;</testsuite>", "is no XML"),
    ],
)
def test_what_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(NoReport, match=said):
        read_junit(content)


def test_a_suite_that_fails_outside_its_tests_counts_as_a_failure() -> None:
    report = read_junit(b'<testsuite><error message="no setup"/><testcase name="a"/></testsuite>')
    assert (report.counts, report.failures) == (Counts(1, 1, 0), ("the suite itself",))
