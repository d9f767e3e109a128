"""The targets of the resolutions: what was to be reached, whether it was, how much is left, and how likely it is."""

from transforms.targets.table import target_table, targets_fingerprint
from transforms.targets.target import Target
from transforms.targets.targets_file import read_targets

__all__ = ["Target", "read_targets", "target_table", "targets_fingerprint"]
