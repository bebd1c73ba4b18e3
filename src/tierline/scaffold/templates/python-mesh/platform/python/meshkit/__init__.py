"""What every service of this mesh shares; holds no domain logic."""

from meshkit.config import Config, ConfigError
from meshkit.http_client import Unreachable
from meshkit.http_server import Request, Routes, refusal
from meshkit.identity import signed_in
from meshkit.records import Records
from meshkit.service import Service

__all__ = [
    "Config",
    "ConfigError",
    "Records",
    "Request",
    "Routes",
    "Service",
    "Unreachable",
    "refusal",
    "signed_in",
]
