"""The spec's small reports are also run by the script that writes docs/rules.md, so they are modules and no fixtures."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent / "spec")]
