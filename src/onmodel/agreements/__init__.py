"""What a programme agreed with those around it, and whether that is looked at again in time."""
