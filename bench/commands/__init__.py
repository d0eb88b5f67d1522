"""The commands of ``sumbench``: one a file, each with ``main(arguments) -> exit code``."""
