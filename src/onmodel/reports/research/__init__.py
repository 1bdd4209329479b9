"""Data for research: of patients who said yes to it, under codes of the study, with a codebook."""
