"""What tests policies: case files, and how they are run."""
