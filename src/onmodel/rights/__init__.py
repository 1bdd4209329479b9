"""Rights of patients over their data: a copy, a correction, removal; and how long data are kept."""
