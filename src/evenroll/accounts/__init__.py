"""Who is signed in on the web, and which page is for whom."""
