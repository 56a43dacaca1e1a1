import socket

import pytest

from tests.conftest import NetworkForbidden


# 192.0.2.1 and 2001:db8::1 are set aside for documentation: nobody is there.
@pytest.mark.parametrize(
    ("family", "address"), [(socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")]
)
def test_no_test_reaches_beyond_this_machine(family, address):
    with socket.socket(family) as connection:
        for connect in (connection.connect, connection.connect_ex):
            with pytest.raises(NetworkForbidden):
                connect((address, 443))


def test_no_test_asks_for_a_name():
    with pytest.raises(NetworkForbidden):
        socket.getaddrinfo("data.elexon.co.uk", 443)


def test_loopback_and_unix_sockets_are_open(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))
