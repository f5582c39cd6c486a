"""What the doors share: the texts of every code, how dates and money are written, and the process drawing."""
