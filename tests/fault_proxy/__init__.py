"""An HTTP proxy before an API server that does to requests, by script, what networks and servers do."""

from fault_proxy.proxy import FaultProxy, proxied
from fault_proxy.script import Rule, Storm, Turns

__all__ = ["FaultProxy", "Rule", "Storm", "Turns", "proxied"]
