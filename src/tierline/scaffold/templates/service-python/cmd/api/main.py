"""The api workload of @{service_id}."""

import os
import sys

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLATFORM = os.path.join(HOME, "..", "..", "..", "platform", "python")
sys.path[:0] = [os.path.join(HOME, "internal"), PLATFORM]

from app.bootstrap import OWNERS, build  # noqa: E402 - the path comes first
from meshkit import Service  # noqa: E402


def main():
    service = Service(HOME, "api", OWNERS)
    routes = build(service)
    service.serve(routes)


if __name__ == "__main__":
    main()
