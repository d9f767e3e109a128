"""The spec's small reports are modules and no fixtures: the script that writes docs/rules.md runs them too."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent / "spec")]
