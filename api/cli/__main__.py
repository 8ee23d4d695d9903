"""`python -m api.cli` is `banshi`, where the script is not on the path."""

from api.cli.main import main

if __name__ == "__main__":
    main()
