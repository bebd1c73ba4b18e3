"""The entry point: `--version` answers before anything is imported."""

from __future__ import annotations

import gc
import sys

from tierline import __version__

_BRIEF = frozenset({"check", "context", "plan", "ready"})
"""commands that make values, tell of them and end: collecting garbage would only take time"""
_OBJECTS = 50_000
"""new objects between two rounds of the garbage collector: a command mostly makes what it keeps"""


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]) and sys.stdout:
        try:
            print(f"tierline {__version__}", flush=True)
        except OSError:
            sys.stdout = None
            sys.exit(1)
        return
    if _BRIEF.intersection(sys.argv[1:2]):
        gc.disable()
    gc.set_threshold(_OBJECTS)
    try:
        from tierline.cli.streams import install

        install()
        from tierline.cli.main import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before or after there was anything to interrupt
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
