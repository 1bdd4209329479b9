"""What readers of the expert centre do with a report: read it, ask about it, wait for the next one."""
