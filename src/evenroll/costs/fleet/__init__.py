"""Managed charging of many vehicles: each alone at its prices, or all of them beneath one shared limit."""
