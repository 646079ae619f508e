"""What can be read off the corpus as a whole."""
