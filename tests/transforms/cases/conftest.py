"""A third kind of case, invented for the tests of the engine that all kinds share."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
