"""Packets of JSON with descriptors attached."""

from __future__ import annotations

import array
import json
import os
import socket
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

LONGEST = 1 << 20  # bytes; an environment is a few KB
_MOST_DESCRIPTORS = 8


def send(channel: socket.socket, message: Mapping[str, Any], descriptors: Sequence[int] = ()) -> bool:
    """Whether the other end is still there."""
    packet = json.dumps(message).encode("utf-8", "surrogateescape")
    attached = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    try:
        channel.sendmsg([packet], attached)
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def receive(channel: socket.socket) -> Tuple[Optional[Dict[str, Any]], List[int]]:
    """The next message; ``None`` at the end. Raises BlockingIOError as the socket does."""
    space = socket.CMSG_SPACE(_MOST_DESCRIPTORS * array.array("i").itemsize)
    try:
        packet, attached, _flags, _address = channel.recvmsg(LONGEST, space)
    except ConnectionResetError:
        return None, []
    descriptors = array.array("i")
    for level, kind, data in attached:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    for number in descriptors:
        os.set_inheritable(number, False)
    if not packet:
        return None, list(descriptors)
    return json.loads(packet.decode("utf-8", "surrogateescape")), list(descriptors)
