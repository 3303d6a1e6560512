"""`python -m paramsync`."""

from paramsync.cli import run

if __name__ == "__main__":
    run()
