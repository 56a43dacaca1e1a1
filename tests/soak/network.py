"""Machines with addresses of their own on this one: network namespaces, joined by a bridge.

Nothing of it is seen outside: the bridge is in the hub's namespace, and no route leads out.
"""

import ctypes
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

Answer = TypeVar("Answer")

HUB = "hub"
HUB_ADDRESS = "10.77.0.1"
NETWORK = "10.77.0.0/24"
NAMESPACES = Path("/run/netns")
# https://man7.org/linux/man-pages/man2/setns.2.html
CLONE_NEWNET = 0x4000_0000


class Network:
    """The hub and its machines, by name."""

    def __init__(self, machines: list[str]) -> None:
        self.machines = machines

    def address(self, machine: str) -> str:
        return f"10.77.0.{10 + self.machines.index(machine)}"

    def up(self) -> None:
        """This will make all of it."""
        for name in (HUB, *self.machines):
            ip("netns", "add", namespace(name))
            ip("-n", namespace(name), "link", "set", "lo", "up")
        hub = ("-n", namespace(HUB))
        ip(*hub, "link", "add", "lan", "type", "bridge")
        ip(*hub, "address", "add", f"{HUB_ADDRESS}/24", "dev", "lan")
        ip(*hub, "link", "set", "lan", "up")
        for name in self.machines:
            end = ("netns", namespace(name), "type", "veth", "peer", name, "netns", namespace(HUB))
            ip("link", "add", "eth0", *end)
            ip("-n", namespace(name), "address", "add", f"{self.address(name)}/24", "dev", "eth0")
            ip("-n", namespace(name), "link", "set", "eth0", "up")
            ip(*hub, "link", "set", name, "master", "lan", "up")

    def down(self) -> None:
        """This will remove all of it, whatever there is."""
        for name in (HUB, *self.machines):
            ip("netns", "del", namespace(name), check=False)

    def cut(self, machine: str) -> None:
        """This will let nothing through to or from a machine, and tell nobody."""
        ip("-n", namespace(HUB), "link", "set", machine, "down")

    def mend(self, machine: str) -> None:
        ip("-n", namespace(HUB), "link", "set", machine, "up")


@contextmanager
def network(machines: list[str]) -> Iterator[Network]:
    """A network that is gone in the end."""
    made = Network(machines)
    try:
        made.up()
        yield made
    finally:
        made.down()


def is_permitted() -> bool:
    """Whether namespaces can be made: by root, with iproute2, unless a container forbids it."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nsenter"))):
        return False
    is_made = ip("netns", "add", namespace("trial"), check=False)
    ip("netns", "del", namespace("trial"), check=False)
    return is_made


def command_at(machine: str, *command: str, user: pwd.struct_passwd | None = None) -> list[str]:
    """The command that runs another one at a machine."""
    ids = [] if user is None else [f"--setuid={user.pw_uid}", f"--setgid={user.pw_gid}"]
    return ["nsenter", f"--net={NAMESPACES / namespace(machine)}", *ids, *command]


def threads_at(machine: str, count: int) -> ThreadPoolExecutor:
    """Threads of this process whose sockets are the machine's."""
    return ThreadPoolExecutor(count, initializer=lambda: _enter(machine))


def do_at(machine: str, action: Callable[[], Answer]) -> Answer:
    """What an action returns there; a socket that it opens stays there."""
    with threads_at(machine, 1) as thread:
        return thread.submit(action).result()


def namespace(name: str) -> str:
    return f"windfall-{os.getpid()}-{name}"


def ip(*arguments: str, check: bool = True) -> bool:
    """Whether `ip` did what it was asked."""
    result = subprocess.run(["ip", *arguments], check=check, capture_output=True, text=True)
    return result.returncode == 0


def _enter(machine: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    with (NAMESPACES / namespace(machine)).open() as file:
        if libc.setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter the network of {machine}")
