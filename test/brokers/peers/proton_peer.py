"""Qpid Proton talks to the broker whose URL is the first argument; prints a line for each thing that works."""

import sys

from proton import Described, Message, symbol
from proton.reactor import Filter
from proton.utils import BlockingConnection, LinkDetached

TIMEOUT = 10


def check(name, condition):
    if not condition:
        sys.exit(f"failed: {name}")
    print(name, flush=True)


connection = BlockingConnection(sys.argv[1], timeout=TIMEOUT, allowed_mechs="PLAIN")
receiver = connection.create_receiver("org.clacks", credit=10)
sender = connection.create_sender("org.clacks")

sender.send(Message(body="text", subject="s", durable=True, properties={"a": 1}))
message = receiver.receive(timeout=TIMEOUT)
receiver.accept()
check("message", (message.body, message.subject, message.durable, message.properties) == ("text", "s", True, {"a": 1}))

sender.send(Message(body="x" * 3_000_000))
check("long message", len(receiver.receive(timeout=TIMEOUT).body) == 3_000_000)
receiver.accept()

sender.send(Message(body="again"))
receiver.receive(timeout=TIMEOUT)
receiver.release(delivered=False)
check("released message", receiver.receive(timeout=TIMEOUT).body == "again")
receiver.reject()

replies = connection.create_receiver(None, dynamic=True, credit=1)
relay = connection.create_sender(None)
relay.send(Message(address=replies.link.remote_source.address, body="reply"))
check("reply over the relay", replies.receive(timeout=TIMEOUT).body == "reply")
replies.accept()

selector = Described(symbol("apache.org:selector-filter:string"), "a = 1")
filtered = connection.create_receiver("org.clacks", name="filtered", credit=1, options=[Filter({symbol("f"): selector})])
echoed = filtered.link.remote_source.filter
echoed.rewind()
check("filter that is applied is echoed", echoed.next() is not None and symbol("f") in echoed.get_dict())
unknown = Described(symbol("example.org:unknown-filter"), "a = 1")
unfiltered = connection.create_receiver("org.clacks", name="unfiltered", credit=1, options=[Filter({symbol("f"): unknown})])
echoed = unfiltered.link.remote_source.filter
echoed.rewind()
check("filter that is not known is not echoed", echoed.next() is None or not echoed.get_dict())

try:
    connection.create_receiver("xqbus:temporary:none")
    check("refused link", False)
except LinkDetached as detached:
    check("refused link", "amqp:not-found" in str(detached))

many = connection.create_receiver("org.many", credit=100)
publisher = connection.create_sender("org.many")
for i in range(500):
    publisher.send(Message(body=i))
bodies = []
for i in range(500):
    bodies.append(many.receive(timeout=TIMEOUT).body)
    many.accept()
check("order", bodies == list(range(500)))

connection.close()
check("close", True)
