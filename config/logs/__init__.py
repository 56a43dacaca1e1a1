"""What is logged, how it is written, and what every line says of what it was about."""
