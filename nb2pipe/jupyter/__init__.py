"""nb2pipe beside the notebook while it is typed: a Jupyter server extension, and an IPython extension for everywhere.

``analysis`` and ``checks`` do the work and know nothing of servers; ``handlers`` and ``extension`` need jupyter_server,
which is there whenever they are asked for, and nowhere else.
"""
