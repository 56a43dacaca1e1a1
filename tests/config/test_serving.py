"""The socket that the web server is handed."""

import socket

from config.serving import listen


def test_the_body_of_an_answer_does_not_wait_for_its_head_to_be_acknowledged():
    with listen("127.0.0.1", 0) as listener:
        with socket.create_connection(listener.getsockname()):
            accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
