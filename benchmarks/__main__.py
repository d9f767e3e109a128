"""Every benchmark in turn: python -m benchmarks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
APART = {"fire", "nation"}  # no measure of speed: `make fire`; twenty minutes by itself


def main() -> int:
    """Run each benchmark as a process of its own; 1 if one of them failed."""
    failed = []
    for path in sorted(HERE.glob("*/__main__.py")):
        if path.parent.name in APART:
            continue
        name = f"benchmarks.{path.parent.name}"
        print(f"\n## python -m {name}\n", flush=True)
        if subprocess.run([sys.executable, "-m", name], cwd=HERE.parent, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
