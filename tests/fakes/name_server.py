"""A name server on loopback that knows the TXT records it is told."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@contextmanager
def name_server(records: dict[str, list[str]]) -> Iterator[str]:
    """Its `address:port`. A name mapped to ["SERVFAIL"] fails; one that is not known does not exist."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, sock = self.request
            query = dns.message.from_wire(data)
            response = dns.message.make_response(query)
            response.flags |= dns.flags.RA
            name = query.question[0].name.to_text(omit_final_dot=True).lower()
            known = records.get(name)
            if known == ["SERVFAIL"]:
                response.set_rcode(dns.rcode.SERVFAIL)
            elif known is None:
                response.set_rcode(dns.rcode.NXDOMAIN)
            else:
                quoted = [
                    " ".join(f'"{text[i : i + 250]}"' for i in range(0, len(text), 250)) for text in known
                ]
                response.answer.append(
                    dns.rrset.from_text_list(query.question[0].name, 60, "IN", "TXT", quoted)
                )
            sock.sendto(response.to_wire(), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        port: Any = server.server_address[1]
        yield f"127.0.0.1:{port}"
        server.shutdown()
