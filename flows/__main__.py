"""`python -m flows` is the command `mobility`."""

from flows.cli import main

if __name__ == "__main__":
    main()
