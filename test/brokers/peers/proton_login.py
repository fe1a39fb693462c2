"""Logs in with Qpid Proton: URL, mechanism; prints "in" or the reason why not."""

import sys

from proton import ConnectionException
from proton.utils import BlockingConnection

try:
    connection = BlockingConnection(sys.argv[1], timeout=10, allowed_mechs=sys.argv[2], reconnect=False)
    connection.close()
    print("in")
except ConnectionException as reason:
    print(reason)
