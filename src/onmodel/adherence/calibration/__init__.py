"""Calibrations: raters rate one session and lay their ratings beside a reference."""
