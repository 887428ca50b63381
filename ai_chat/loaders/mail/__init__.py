"""Mails as files: EML, MSG, and what stands in them."""
