"""PostgreSQL as tests use it: what a test wrote is taken away faster."""
