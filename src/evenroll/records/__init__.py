"""Records: the memory of the system. Tables, unit of work, journal, outbox, inbox, deadlines, queries, vault."""
