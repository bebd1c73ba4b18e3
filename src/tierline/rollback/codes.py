"""The codes under which a rollback is refused, in the order in which people should hear of them."""

from __future__ import annotations

TARGET_FLAGGED = "rollback/target-flagged"
ARTIFACT_MISSING = "rollback/artifact-missing"
DESTRUCTIVE_MIGRATION = "rollback/destructive-migration"
NEW_FORMAT = "rollback/new-format"
OWNER_WROTE = "rollback/owner-wrote"
DATA_UNKNOWN = "rollback/data-unknown"
OUTSIDE = "rollback/outside"
LOCKSTEP = "rollback/lockstep"
COMPATIBILITY_UNKNOWN = "rollback/compatibility-unknown"
DRIFT = "rollback/drift"
NOTHING = "rollback/nothing"
