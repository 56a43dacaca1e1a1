"""`make bench`: what the product costs at a size of data, beside the obvious ways of doing it."""
