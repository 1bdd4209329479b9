"""Copies of everything that the program keeps, encrypted and tried out; and the way back."""
