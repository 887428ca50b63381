"""What the program takes of the machine's memory: planned, measured, kept inside one budget. Knows no tenant by name."""

from ai_chat.memory.optimizer import MemoryOptimizer as MemoryOptimizer
