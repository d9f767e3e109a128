"""Readings of made-up units, and figures of two districts, for the tests of the follow-up."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
