"""The verbs of a night, one a module; `flows.nightly` is their order."""
