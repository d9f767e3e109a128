"""What runs: the night, the commands, the portal; the only room that knows paths, clocks and settings."""

import os

# Our matrices are small: the threads of numpy's library cost eight times what they save. Read when numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
