"""The admin API: the programme's table of operations over HTTP, one path an operation."""
