"""The worker workload of @{service_id}: handles events as they come."""

import os
import sys

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLATFORM = os.path.join(HOME, "..", "..", "..", "platform", "python")
sys.path[:0] = [os.path.join(HOME, "internal"), PLATFORM]

from app.bootstrap import EVENTS, OWNERS, handler  # noqa: E402 - the path comes first
from meshkit import Service  # noqa: E402


def main():
    service = Service(HOME, "worker", OWNERS)
    service.consume(EVENTS, handler(service))


if __name__ == "__main__":
    main()
