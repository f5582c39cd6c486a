"""The customer's door on the web."""
