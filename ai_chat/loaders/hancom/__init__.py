"""The two formats of Hancom's word processor: HWP 5 and HWPX."""
