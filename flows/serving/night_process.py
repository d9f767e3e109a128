"""The program of a night's own server: Prefect's, on a socket that is there already."""

from __future__ import annotations

import gc
import sys


def _main() -> None:
    # What is imported stays: to look through it for garbage again and again takes a tenth of the server's seconds.
    gc.disable()
    import uvicorn
    from prefect.server.api.server import create_app

    gc.freeze()
    gc.enable()
    uvicorn.run(create_app, factory=True, fd=int(sys.argv[1]), log_level="error", lifespan="on")


if __name__ == "__main__":
    _main()
