"""The web page on which a visitor plays the customers."""
