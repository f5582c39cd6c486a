"""The staff's desk on the web."""
