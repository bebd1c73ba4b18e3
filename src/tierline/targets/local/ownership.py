"""Who listens where, in words: whether a port is answered by the instance that was told to.

Asks only what it is given; sends nothing to services.
"""

from __future__ import annotations

from tierline.facts.observation import Instance
from tierline.targets.asking.addresses import parse_address
from tierline.targets.local.messages import Listener, Whose


def foreign(listener: Listener, port: int, instance: Instance) -> str:
    """Why the port's answer is not the instance's; "" where it is, or where nobody can say."""
    if listener.whose is Whose.OUTSIDE:
        return f"port {port} is answered by pid {listener.pid}, which is not of this instance"
    if listener.whose is Whose.INSTANCE and listener.instance != instance.id:
        return f"port {port} is answered by another instance, of {listener.service_id}"
    return ""


def elsewhere(instance: Instance, told: int) -> str:
    """That the instance listens on other ports than all it was told; "" where it does not."""
    addresses = (parse_address(address) for address in instance.addresses.values())
    expected = {address.port for address in addresses if address}
    if instance.listening is None or told in instance.listening:
        return ""
    strange = sorted(set(instance.listening) - expected)
    if not strange:
        return ""
    shown = ", ".join(f"127.0.0.1:{port}" for port in strange[:4])
    return f"listens on {shown}, told {told}"
