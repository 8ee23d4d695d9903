"""The command `banshi`: one file per topic, loaded when it is called."""
