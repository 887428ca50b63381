"""How the starter model's adapter is made; no part of the program. See training/README.md."""
