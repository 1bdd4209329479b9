"""Who sees what patients and therapists say of each other: as the programme agreed, or as they choose."""
