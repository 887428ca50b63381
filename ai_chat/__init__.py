"""AI-CHAT: answers about a folder of private documents, on the user's own machine."""

__version__ = "0.1.0"
