"""What processes take of the machine's memory. Knows no tenant by name."""
