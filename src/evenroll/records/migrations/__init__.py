"""Changes of the tables, in order. 0001 and 0002 make them, 0003 raises the walls around them."""
