"""What runs in the kernel's interpreter: a process that has imported the libraries and forks kernels.

Started by path, never imported by nb2pipe: nb2pipe is not installed there. Standard library and ipykernel only, Python 3.8
to 3.14, Linux. One process per set of libraries: the first has ipykernel, each further one was forked from another and
imported more (a *template*). Messages are JSON in packets of Unix sockets that the owner made, with descriptors attached:

owner -> template   ``{"do": "template", "preload": [...], ...}`` + its control socket
owner -> template   ``{"do": "kernel", "cwd", "env", "arguments", ...}`` + the kernel's socket, stdout, stderr
template -> owner   ``{"refused": [what, reason]}``: a library is left to the kernels
template -> kernel's socket   ``started``, ``ready``, ``exit``, or ``refused``
owner -> kernel's socket      ``{"signal": number}``

A socket that the owner closes, or that closes because the owner was killed, ends what belongs to it.
"""
