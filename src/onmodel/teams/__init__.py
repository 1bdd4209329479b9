"""How a team works: rated by its supervisor, asked of its members without their names."""
