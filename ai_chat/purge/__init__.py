"""Erasing documents for good, and the proof that nothing of them is left: strings of the document are looked for in every file of the home.

Takes a home that nobody uses; gives what goes, step by step, and where something was found. Makes no index.
"""
