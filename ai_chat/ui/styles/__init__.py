"""How the page looks, a sheet for each view. Knows the class names that the views use."""
