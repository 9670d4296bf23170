"""`python -m creditrules` is the command `creditrules`."""

from creditrules.cli import main

if __name__ == "__main__":
    main()
