"""The contract's rules judged on a staged batch in DuckDB, by Great Expectations or directly by their queries."""
