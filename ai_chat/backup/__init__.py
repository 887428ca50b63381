"""A home in one file and back again.

    home -> snapshots of its databases + kept files + settings -> archive, read again and compared -> renamed into place
    archive -> unpacked inside the home and compared, brought up to date -> swapped with what lies there, which stays beside it

Takes a home and the path of a file, says how far it is to a Tell. Knows no App: making needs no owner, restoring needs to be it.
"""
