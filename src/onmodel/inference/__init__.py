"""Statistics: values in, frozen results out. No framework, no clock, no files."""
