"""The shape of the `[policy]` table, written by tools/shapes.py from its pydantic model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SHAPE: Mapping[str, Any] = {
    "$defs": {
        "Demand": {"enum": ["off", "expected", "required"], "type": "string"},
        "LimitsTable": {
            "additionalProperties": False,
            "properties": {
                "max_parallel": {
                    "anyOf": [
                        {"maximum": 100000, "minimum": 1, "type": "integer"},
                        {"type": "null"},
                    ]
                },
                "failure_budget": {"anyOf": [{"minimum": 0, "type": "integer"}, {"type": "null"}]},
                "attempts": {
                    "anyOf": [
                        {"maximum": 100000, "minimum": 1, "type": "integer"},
                        {"type": "null"},
                    ]
                },
                "retry_seconds": {
                    "anyOf": [
                        {"exclusiveMinimum": 0, "maximum": 86400, "type": "number"},
                        {"type": "null"},
                    ]
                },
                "build_seconds": {
                    "anyOf": [
                        {"exclusiveMinimum": 0, "maximum": 86400, "type": "number"},
                        {"type": "null"},
                    ]
                },
                "verify_seconds": {
                    "anyOf": [
                        {"exclusiveMinimum": 0, "maximum": 86400, "type": "number"},
                        {"type": "null"},
                    ]
                },
                "stop_seconds": {
                    "anyOf": [
                        {"exclusiveMinimum": 0, "maximum": 86400, "type": "number"},
                        {"type": "null"},
                    ]
                },
                "watch_seconds": {
                    "anyOf": [
                        {"exclusiveMinimum": 0, "maximum": 86400, "type": "number"},
                        {"type": "null"},
                    ]
                },
                "sustained_seconds": {
                    "anyOf": [
                        {"exclusiveMinimum": 0, "maximum": 86400, "type": "number"},
                        {"type": "null"},
                    ]
                },
                "silence_seconds": {
                    "anyOf": [
                        {"exclusiveMinimum": 0, "maximum": 86400, "type": "number"},
                        {"type": "null"},
                    ]
                },
                "good_share": {
                    "anyOf": [
                        {"exclusiveMaximum": 1, "exclusiveMinimum": 0, "type": "number"},
                        {"type": "null"},
                    ]
                },
                "bad_share": {
                    "anyOf": [
                        {"exclusiveMaximum": 1, "exclusiveMinimum": 0, "type": "number"},
                        {"type": "null"},
                    ]
                },
                "alpha": {
                    "anyOf": [
                        {"exclusiveMaximum": 1, "exclusiveMinimum": 0, "type": "number"},
                        {"type": "null"},
                    ]
                },
                "beta": {
                    "anyOf": [
                        {"exclusiveMaximum": 1, "exclusiveMinimum": 0, "type": "number"},
                        {"type": "null"},
                    ]
                },
                "requests": {
                    "anyOf": [
                        {"maximum": 100000, "minimum": 1, "type": "integer"},
                        {"type": "null"},
                    ]
                },
                "approval_hours": {
                    "anyOf": [
                        {"exclusiveMinimum": 0, "maximum": 8760, "type": "number"},
                        {"type": "null"},
                    ]
                },
                "test_hours": {
                    "anyOf": [
                        {"exclusiveMinimum": 0, "maximum": 8760, "type": "number"},
                        {"type": "null"},
                    ]
                },
                "horizon_revisions": {
                    "anyOf": [{"maximum": 20, "minimum": 0, "type": "integer"}, {"type": "null"}]
                },
                "horizon_hours": {
                    "anyOf": [
                        {"exclusiveMinimum": 0, "maximum": 8760, "type": "number"},
                        {"type": "null"},
                    ]
                },
                "kept_revisions": {
                    "anyOf": [
                        {"maximum": 100000, "minimum": 1, "type": "integer"},
                        {"type": "null"},
                    ]
                },
            },
            "type": "object",
        },
        "OnTierFailure": {"enum": ["continue", "hold"], "type": "string"},
        "RequirementsTable": {
            "additionalProperties": False,
            "properties": {
                "implemented": {"anyOf": [{"$ref": "#/$defs/Demand"}, {"type": "null"}]},
                "staging": {"anyOf": [{"$ref": "#/$defs/Demand"}, {"type": "null"}]},
                "tests": {"anyOf": [{"$ref": "#/$defs/Demand"}, {"type": "null"}]},
                "trusted_tests": {"anyOf": [{"$ref": "#/$defs/Demand"}, {"type": "null"}]},
                "unit_tests": {"anyOf": [{"$ref": "#/$defs/Demand"}, {"type": "null"}]},
                "integration_tests": {"anyOf": [{"$ref": "#/$defs/Demand"}, {"type": "null"}]},
                "contract_tests": {"anyOf": [{"$ref": "#/$defs/Demand"}, {"type": "null"}]},
                "externals": {"anyOf": [{"$ref": "#/$defs/Demand"}, {"type": "null"}]},
                "contracts": {"anyOf": [{"$ref": "#/$defs/Demand"}, {"type": "null"}]},
                "boundaries": {"anyOf": [{"$ref": "#/$defs/Demand"}, {"type": "null"}]},
                "approval": {"anyOf": [{"$ref": "#/$defs/Demand"}, {"type": "null"}]},
                "independence": {"anyOf": [{"$ref": "#/$defs/Demand"}, {"type": "null"}]},
                "scripts": {"anyOf": [{"$ref": "#/$defs/Demand"}, {"type": "null"}]},
                "logs": {"anyOf": [{"$ref": "#/$defs/Demand"}, {"type": "null"}]},
                "metrics": {"anyOf": [{"$ref": "#/$defs/Demand"}, {"type": "null"}]},
                "traces": {"anyOf": [{"$ref": "#/$defs/Demand"}, {"type": "null"}]},
            },
            "type": "object",
        },
        "Severity": {"enum": ["ok", "warn", "unknown", "fail"], "type": "string"},
        "TierMode": {"enum": ["strict", "prefer"], "type": "string"},
    },
    "additionalProperties": False,
    "properties": {
        "tiers": {"anyOf": [{"$ref": "#/$defs/TierMode"}, {"type": "null"}]},
        "on_tier_failure": {"anyOf": [{"$ref": "#/$defs/OnTierFailure"}, {"type": "null"}]},
        "requirements": {"$ref": "#/$defs/RequirementsTable"},
        "limits": {"$ref": "#/$defs/LimitsTable"},
        "severity": {
            "patternProperties": {
                "^[a-z][a-z0-9-]*/[a-z0-9][a-z0-9-]*$": {"$ref": "#/$defs/Severity"}
            },
            "propertyNames": {"maxLength": 100},
            "type": "object",
        },
    },
    "type": "object",
}
