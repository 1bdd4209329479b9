"""Programme implementation reports as records: drafted from data, discussed, signed by two, frozen, read."""
