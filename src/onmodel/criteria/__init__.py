"""How a programme meets its model: twenty criteria, consensus, sums of yes/no lists, the map of integrity."""
