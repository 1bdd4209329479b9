"""The assessment of a treatment: what it consists of, its entries by date, what they say together."""
