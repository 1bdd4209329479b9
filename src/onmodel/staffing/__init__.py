"""Who is there to do the work and who is not, what comes of it, and the signs of trouble."""
