"""The numbers: usage split by rate, bills, and what a program would cost. Pure and exact."""
