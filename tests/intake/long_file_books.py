"""Fills a database for a run of the bulk door, as a process of its own.

Usage: long_file_books.py APP OWNER HOME COUNT FILE. The file gets an application of each customer.
"""

import sys
from pathlib import Path

from evenroll.runtime import wiring
from evenroll.runtime.database import DatabaseUrls
from tests.measure.bulk_territory import load_books, planned, write_applications

if __name__ == "__main__":
    urls = DatabaseUrls(app=sys.argv[1], owner=sys.argv[2], auditor=None)
    wiring.configure(urls, home=Path(sys.argv[3]))
    wiring.migrate(urls)
    points = planned(int(sys.argv[4]))
    load_books(points)
    write_applications(Path(sys.argv[5]), points)
