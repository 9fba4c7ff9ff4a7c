"""`python -m bailment.cli`."""

from bailment.cli import main

main()
