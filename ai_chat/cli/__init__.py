"""The command line: parse, call App, print. One file a group of commands; `program.main` is the entry.

Takes arguments, gives text for people or one JSON document, and an exit code: 0 done, 1 the input was at fault,
2 wrong usage, 3 our or the machine's fault. Knows no storage, no index and no model.
"""
