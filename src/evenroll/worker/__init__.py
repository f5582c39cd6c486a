"""The clock's door: the one driver that takes what the rules themselves ask for, and brings messages."""
