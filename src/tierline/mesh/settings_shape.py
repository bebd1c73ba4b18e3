"""The shape of tierline.toml, written by tools/shapes.py from its pydantic model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SHAPE: Mapping[str, Any] = {
    "$defs": {
        "AliasTable": {
            "additionalProperties": False,
            "properties": {
                "exceptions": {
                    "items": {"pattern": "^[A-Z][0-9]{2,6}$", "type": "string"},
                    "type": "array",
                }
            },
            "type": "object",
        },
        "CanonicalTable": {
            "additionalProperties": False,
            "properties": {
                "folder": {
                    "anyOf": [
                        {
                            "not": {"pattern": "^/|(^|/)\\.\\.(/|$)"},
                            "pattern": "^[^\\x00-\\x1f\\x7f\\\\]{1,500}$",
                            "type": "string",
                        },
                        {"const": "", "type": "string"},
                    ]
                }
            },
            "type": "object",
        },
        "KindTable": {
            "additionalProperties": False,
            "properties": {
                "ready": {
                    "anyOf": [
                        {
                            "maxProperties": 20,
                            "minProperties": 1,
                            "patternProperties": {
                                "^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+|\\[[A-Za-z0-9_./-]+\\]){0,20}$": {
                                    "anyOf": [
                                        {
                                            "pattern": "^[^\\x00-\\x1f\\x7f]{1,1000}$",
                                            "type": "string",
                                        },
                                        {
                                            "items": {
                                                "pattern": "^[^\\x00-\\x1f\\x7f]{1,1000}$",
                                                "type": "string",
                                            },
                                            "maxItems": 20,
                                            "minItems": 1,
                                            "type": "array",
                                        },
                                    ]
                                }
                            },
                            "propertyNames": {"maxLength": 300},
                            "type": "object",
                        },
                        {"const": "applied", "type": "string"},
                    ]
                },
                "failed": {
                    "maxProperties": 20,
                    "minProperties": 1,
                    "patternProperties": {
                        "^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+|\\[[A-Za-z0-9_./-]+\\]){0,20}$": {
                            "anyOf": [
                                {"pattern": "^[^\\x00-\\x1f\\x7f]{1,1000}$", "type": "string"},
                                {
                                    "items": {
                                        "pattern": "^[^\\x00-\\x1f\\x7f]{1,1000}$",
                                        "type": "string",
                                    },
                                    "maxItems": 20,
                                    "minItems": 1,
                                    "type": "array",
                                },
                            ]
                        }
                    },
                    "propertyNames": {"maxLength": 300},
                    "type": "object",
                },
                "observed_generation": {"type": "boolean"},
            },
            "required": ["ready"],
            "type": "object",
        },
        "KubernetesTable": {
            "additionalProperties": False,
            "properties": {
                "kinds": {
                    "patternProperties": {
                        "^[a-z0-9-]+(\\.[a-z0-9-]+)+/v[a-z0-9]{1,20}/[A-Z][A-Za-z0-9]{0,62}$": {
                            "$ref": "#/$defs/KindTable"
                        }
                    },
                    "propertyNames": {"maxLength": 300},
                    "type": "object",
                }
            },
            "type": "object",
        },
        "LocalTable": {
            "additionalProperties": False,
            "properties": {
                "variables": {
                    "patternProperties": {"^[A-Za-z_][A-Za-z0-9_]{0,119}$": {"type": "string"}},
                    "type": "object",
                }
            },
            "type": "object",
        },
        "ProfileTable": {
            "additionalProperties": False,
            "properties": {
                "extends": {
                    "maxLength": 63,
                    "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
                    "type": "string",
                },
                "domains": {
                    "anyOf": [
                        {
                            "patternProperties": {
                                "^[a-z0-9]+(-[a-z0-9]+)*$": {
                                    "maximum": 99,
                                    "minimum": 0,
                                    "type": "integer",
                                }
                            },
                            "propertyNames": {"maxLength": 63},
                            "type": "object",
                        },
                        {"type": "null"},
                    ]
                },
                "mesh_files": {
                    "anyOf": [
                        {
                            "items": {
                                "not": {"pattern": "^/|(^|/)\\.\\.(/|$)"},
                                "pattern": "^[^\\x00-\\x1f\\x7f\\\\]{1,500}$",
                                "type": "string",
                            },
                            "type": "array",
                        },
                        {"type": "null"},
                    ]
                },
                "mesh_folders": {
                    "anyOf": [
                        {
                            "items": {
                                "not": {"pattern": "^/|(^|/)\\.\\.(/|$)"},
                                "pattern": "^[^\\x00-\\x1f\\x7f\\\\]{1,500}$",
                                "type": "string",
                            },
                            "type": "array",
                        },
                        {"type": "null"},
                    ]
                },
                "service_files": {
                    "anyOf": [
                        {
                            "items": {
                                "not": {"pattern": "^/|(^|/)\\.\\.(/|$)"},
                                "pattern": "^[^\\x00-\\x1f\\x7f\\\\]{1,500}$",
                                "type": "string",
                            },
                            "type": "array",
                        },
                        {"type": "null"},
                    ]
                },
                "language": {
                    "anyOf": [
                        {"enum": ["go", "python", "node"], "type": "string"},
                        {"type": "null"},
                    ]
                },
                "workloads": {
                    "anyOf": [
                        {
                            "patternProperties": {
                                "^(\\*|[a-z0-9-]{1,40})$": {
                                    "not": {"pattern": "^/|(^|/)\\.\\.(/|$)"},
                                    "pattern": "^[^\\x00-\\x1f\\x7f\\\\]{1,500}$",
                                    "type": "string",
                                }
                            },
                            "type": "object",
                        },
                        {"type": "null"},
                    ]
                },
                "required_workloads": {
                    "anyOf": [
                        {
                            "items": {
                                "maxLength": 63,
                                "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
                                "type": "string",
                            },
                            "type": "array",
                        },
                        {"type": "null"},
                    ]
                },
                "module_path": {
                    "anyOf": [
                        {"pattern": "^[^\\s\\x00-\\x1f]{0,300}$", "type": "string"},
                        {"type": "null"},
                    ]
                },
                "bootstrap_folder": {
                    "anyOf": [
                        {
                            "not": {"pattern": "^/|(^|/)\\.\\.(/|$)"},
                            "pattern": "^[^\\x00-\\x1f\\x7f\\\\]{1,500}$",
                            "type": "string",
                        },
                        {"const": "", "type": "string"},
                        {"type": "null"},
                    ]
                },
            },
            "type": "object",
        },
        "ServiceTable": {
            "additionalProperties": False,
            "properties": {
                "addresses": {
                    "patternProperties": {
                        "^[A-Za-z0-9_.-]{1,120}$": {
                            "pattern": "^[A-Z][0-9]{2,6}(-[A-Za-z0-9_.&-]+)?$",
                            "type": "string",
                        }
                    },
                    "type": "object",
                },
                "run": {
                    "patternProperties": {
                        "^[a-z0-9]+(-[a-z0-9]+)*$": {
                            "items": {"pattern": "^[^\\x00]{0,4096}$", "type": "string"},
                            "maxItems": 200,
                            "minItems": 1,
                            "type": "array",
                        }
                    },
                    "propertyNames": {"maxLength": 63},
                    "type": "object",
                },
                "tests": {"$ref": "#/$defs/SuitesTable"},
            },
            "type": "object",
        },
        "SuitesTable": {
            "additionalProperties": False,
            "properties": {
                "unit": {
                    "anyOf": [
                        {
                            "items": {"pattern": "^[^\\x00]{0,4096}$", "type": "string"},
                            "maxItems": 200,
                            "minItems": 1,
                            "type": "array",
                        },
                        {"type": "null"},
                    ]
                },
                "integration": {
                    "anyOf": [
                        {
                            "items": {"pattern": "^[^\\x00]{0,4096}$", "type": "string"},
                            "maxItems": 200,
                            "minItems": 1,
                            "type": "array",
                        },
                        {"type": "null"},
                    ]
                },
                "contract": {
                    "anyOf": [
                        {
                            "items": {"pattern": "^[^\\x00]{0,4096}$", "type": "string"},
                            "maxItems": 200,
                            "minItems": 1,
                            "type": "array",
                        },
                        {"type": "null"},
                    ]
                },
            },
            "type": "object",
        },
    },
    "additionalProperties": False,
    "properties": {
        "version": {"const": 1, "type": "integer"},
        "name": {
            "anyOf": [
                {"maxLength": 63, "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "type": "string"},
                {"const": "", "type": "string"},
            ]
        },
        "profile": {
            "anyOf": [
                {"maxLength": 63, "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "type": "string"},
                {"$ref": "#/$defs/ProfileTable"},
            ]
        },
        "profiles": {
            "patternProperties": {"^[a-z0-9]+(-[a-z0-9]+)*$": {"$ref": "#/$defs/ProfileTable"}},
            "propertyNames": {"maxLength": 63},
            "type": "object",
        },
        "services": {
            "patternProperties": {
                "^[A-Z][0-9]{2,6}(-[A-Za-z0-9_.&-]+)?$": {"$ref": "#/$defs/ServiceTable"}
            },
            "type": "object",
        },
        "local": {"$ref": "#/$defs/LocalTable"},
        "canonical": {"$ref": "#/$defs/CanonicalTable"},
        "alias_lineage": {"$ref": "#/$defs/AliasTable"},
        "kubernetes": {"$ref": "#/$defs/KubernetesTable"},
        "policy": {"patternProperties": {"^[^\\x00-\\x1f\\x7f]{1,1000}$": {}}, "type": "object"},
    },
    "type": "object",
}
