"""What the programs of those who serve one customer would cost: from the questions to figures, words and drawing."""
