"""Run by a service's own interpreter: discovers a folder's unittest tests, writes how each ended.

    python3 unittest_probe.py FOLDER REPORT

Standard library only, any Python 3.9 or newer; imports nothing of tierline.
"""

from __future__ import annotations

import json
import sys
import unittest
from pathlib import Path
from typing import Any, ClassVar, cast


class Noting(unittest.TextTestResult):
    """A result that remembers names."""

    passed: ClassVar[list[str]] = []

    def addSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802 - unittest's name
        """Note one that passed."""
        super().addSuccess(test)
        self.passed.append(test.id())


def main(folder: str, report: str) -> int:
    """Run and write; 0 where nothing failed."""
    tests = unittest.defaultTestLoader.discover(folder)
    runner = unittest.TextTestRunner(stream=sys.stderr)
    cast("Any", runner).resultclass = Noting
    result = runner.run(tests)
    noted = result.passed if isinstance(result, Noting) else []
    failed = [test.id() for test, _ in (*result.failures, *result.errors)]
    failed += [test.id() for test in result.unexpectedSuccesses]
    expected = [test.id() for test, _ in result.expectedFailures]
    told = {"passed": noted + expected, "failed": failed, "skipped": len(result.skipped)}
    Path(report).write_text(json.dumps(told))
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.path.insert(0, "")
    sys.exit(main(sys.argv[1], sys.argv[2]))
