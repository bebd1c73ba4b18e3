"""The entry point: `--version` answers before anything is imported."""

from __future__ import annotations

import sys

from tierline import __version__


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"tierline {__version__}\n")
        return
    from tierline.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
