"""`python -m creditrules` is the command `creditrules`."""

from creditrules.cli import main

main()
