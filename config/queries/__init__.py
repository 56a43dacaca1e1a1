"""What Windfall asks PostgreSQL: who asks, how long it takes, and how it is answered."""
