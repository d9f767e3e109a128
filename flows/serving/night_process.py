"""The program of a night's own server: Prefect's, on a socket that is there already."""

from __future__ import annotations

import sys

from flows.lasting_imports import lasting_imports


def _main() -> None:
    with lasting_imports():
        import uvicorn
        from prefect.server.api.server import create_app
    uvicorn.run(create_app, factory=True, fd=int(sys.argv[1]), log_level="error", lifespan="on")


if __name__ == "__main__":
    _main()
