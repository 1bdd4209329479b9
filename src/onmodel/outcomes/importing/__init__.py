"""From a file and a map of its columns to records: read, check, plan, write; whole or not at all."""
