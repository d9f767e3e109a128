"""What can stand in the way of the warehouse, told to a person: what, where and what to do next."""

from __future__ import annotations

from expectations.language.catalogue import SpokenError


class WarehouseError(SpokenError):
    """Something of the warehouse that a person can mend; shown without a traceback."""


class StoreLocked(WarehouseError):
    """Another process has the warehouse open."""


class StoreMissing(WarehouseError):
    """There is no warehouse yet, or its file is no DuckDB file."""


class StoreTooNew(WarehouseError):
    """A later release of the program made this warehouse."""


class SchemaChanged(WarehouseError):
    """A migration that was applied reads differently now."""


class ArchiveIncomplete(WarehouseError):
    """Bytes that must be archived were not given, or are not what their hash says."""


class DecisionRefused(WarehouseError):
    """A submission cannot be let in or taken back."""


class EditionRefused(WarehouseError):
    """What was built for the readers is not fit to be published."""


class CopyDamaged(WarehouseError):
    """A copy that readers open is no longer a file that can be read."""


class BoardDamaged(WarehouseError):
    """The file of what people did and of their accounts can no longer be read."""


class BackupRefused(WarehouseError):
    """A backup is damaged, or would overwrite what stands."""


class LakeError(WarehouseError):
    """The lake cannot be reached, or does not take or give what it is asked."""
