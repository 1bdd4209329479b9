"""What therapists ask themselves: theirs alone, until they show it to their supervisor."""
