"""The nightly run: its steps for every programme, and a record of each night."""
