"""`python -m banshi` is `miniapp`, where the script is not on the path."""

from banshi.cli import main

if __name__ == "__main__":
    main(prog_name="miniapp")
