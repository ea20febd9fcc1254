"""Crash states from a trace of system calls: what a disk may hold after the power went at any moment.

The model is stricter than a journalling file system. Written bytes are durable after fsync of their file; until then any
of them may be lost, the tail may be torn at 512 bytes. A name (creation, rename, removal) is durable after fsync of its
folder; until then names may be lost, the later before the earlier. Memory maps are left out: SQLite rebuilds its
shared-memory file.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CALL = re.compile(r"^(?:\[pid\s+\d+\]\s+|\d+\s+)?(\w+)\((.*)\)\s+=\s+(-?\d+)")
WANTED = (
    "openat,open,creat,close,dup,dup2,write,pwrite64,lseek,ftruncate,fsync,fdatasync,"
    "rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir"
)


@dataclass
class Op:
    """One call that changed something: kind, path(s), offset and bytes."""

    kind: str
    path: str = ""
    other: str = ""
    offset: int = 0
    data: bytes = b""


def unhex(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def read_trace(text: str, root: str) -> Iterator[Op]:
    """Operations under `root`, and acknowledgements written to stdout, in order."""
    fds: dict[int, list] = {1: ["<stdout>", 0, False]}
    for line in text.splitlines():
        found = CALL.match(line)
        if not found:
            continue
        name, args, result = found[1], found[2], int(found[3])
        if result < 0:
            continue
        strings = [unhex(s) for s in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', args)]
        if name in ("open", "openat", "creat"):
            path = strings[0].decode()
            fds[result] = [path, 0, "O_APPEND" in args]
            if path.startswith(root) and "O_CREAT" in args:
                yield Op("create", path)
            if path.startswith(root) and "O_TRUNC" in args:
                yield Op("truncate", path, offset=0)
        elif name == "close":
            fds.pop(int(args), None)
        elif name in ("write", "pwrite64"):
            fd = int(args.split(",", 1)[0])
            if fd not in fds:
                continue
            path, at, _ = fds[fd]
            data = strings[0][:result] if strings else b""
            if path == "<stdout>":
                yield Op("ack", data=data)
                continue
            offset = int(args.rsplit(",", 1)[1]) if name == "pwrite64" else at
            if name == "write":
                fds[fd][1] = at + result
            if path.startswith(root):
                yield Op("write", path, offset=offset, data=data)
        elif name == "lseek":
            fd = int(args.split(",", 1)[0])
            if fd in fds:
                fds[fd][1] = result
        elif name == "ftruncate":
            fd, size = (int(x) for x in args.split(","))
            if fd in fds and fds[fd][0].startswith(root):
                yield Op("truncate", fds[fd][0], offset=size)
        elif name in ("fsync", "fdatasync"):
            fd = int(args)
            if fd in fds and fds[fd][0].startswith(root):
                yield Op("fsync", fds[fd][0])
        elif name.startswith("rename"):
            if strings[0].decode().startswith(root):
                yield Op("rename", strings[0].decode(), strings[1].decode())
        elif name.startswith("unlink"):
            if strings[0].decode().startswith(root):
                yield Op("unlink", strings[0].decode())
        elif name.startswith("mkdir") and strings[0].decode().startswith(root):
            yield Op("mkdir", strings[0].decode())


@dataclass
class Inode:
    """A file's bytes: those that are durable, and the writes since."""

    durable: bytes = b""
    pending: list[Op] = field(default_factory=list)

    def synced(self) -> None:
        self.durable, self.pending = apply(self.durable, self.pending), []


def apply(content: bytes, ops: list[Op]) -> bytes:
    out = bytearray(content)
    for op in ops:
        if op.kind == "truncate":
            del out[op.offset :]
            out.extend(b"\0" * (op.offset - len(out)))
        else:
            out.extend(b"\0" * (op.offset - len(out)))
            out[op.offset : op.offset + len(op.data)] = op.data
    return bytes(out)


class Disk:
    """Names and inodes as the calls left them, with what of it is durable."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.names: dict[str, Inode | None] = {root: None}  # None: a folder
        self.durable: dict[str, Inode | None] = {root: None}
        self.pending: list[tuple[str, str, Inode | None]] = []  # (set | remove, path, inode)
        self.acked: list[int] = []

    def do(self, op: Op) -> None:
        if op.kind == "ack":
            self.acked += [int(n) for n in re.findall(rb"ACK (\d+)", op.data)]
        elif op.kind == "mkdir":
            self._set(op.path, None)
        elif op.kind == "create":
            if op.path not in self.names:
                self._set(op.path, Inode())
        elif op.kind in ("write", "truncate"):
            inode = self.names.get(op.path)
            if inode is not None:
                inode.pending.append(op)
        elif op.kind == "fsync":
            inode = self.names.get(op.path)
            if op.path in self.names and inode is None:
                self._sync_folder(op.path)
            elif inode is not None:
                inode.synced()
        elif op.kind == "rename":
            inode = self.names.pop(op.path, None)
            if inode is not None:
                self.names[op.other] = inode
                self.pending += [("set", op.other, inode), ("remove", op.path, None)]
        elif op.kind == "unlink" and op.path in self.names:
            self.names.pop(op.path)
            self.pending.append(("remove", op.path, None))

    def _set(self, path: str, inode: Inode | None) -> None:
        self.names[path] = inode
        self.pending.append(("set", path, inode))

    def _sync_folder(self, folder: str) -> None:
        rest = []
        for change in self.pending:
            if str(Path(change[1]).parent) == folder:
                self._settle(self.durable, change)
            else:
                rest.append(change)
        self.pending = rest

    @staticmethod
    def _settle(names: dict[str, Inode | None], change: tuple[str, str, Inode | None]) -> None:
        if change[0] == "set":
            names[change[1]] = change[2]
        else:
            names.pop(change[1], None)

    def states(self, rng: random.Random, extra: int) -> Iterator[dict[str, bytes | None]]:
        """What may be there after a crash now: nothing unsynced, everything, and `extra` mixtures."""
        yield self._state(lambda n: 0, lambda inode: inode.durable)
        yield self._state(len, lambda inode: apply(inode.durable, inode.pending))
        for _ in range(extra):
            yield self._state(lambda n: rng.randint(0, len(n)), lambda inode: self._mixed(inode, rng))

    def _state(self, kept, content) -> dict[str, bytes | None]:  # type: ignore[no-untyped-def]
        names = dict(self.durable)
        for change in self.pending[: kept(self.pending)]:
            self._settle(names, change)
        folders = {p for p, inode in names.items() if inode is None}
        made: dict[int, bytes] = {}
        out: dict[str, bytes | None] = {}
        for path, inode in names.items():
            if path != self.root and str(Path(path).parent) not in folders:
                continue  # a name inside a folder that is not there
            if inode is not None and id(inode) not in made:
                made[id(inode)] = content(inode)
            out[path] = None if inode is None else made[id(inode)]
        return out

    @staticmethod
    def _mixed(inode: Inode, rng: random.Random) -> bytes:
        ops = [op for op in inode.pending if rng.random() < 0.6]
        if ops and ops[-1].kind == "write" and len(ops[-1].data) > 512 and rng.random() < 0.5:
            cut = 512 * rng.randint(0, len(ops[-1].data) // 512)
            ops[-1] = Op("write", ops[-1].path, offset=ops[-1].offset, data=ops[-1].data[:cut])
        content = apply(inode.durable, ops)
        if inode.pending and rng.random() < 0.2:  # the length is there, the bytes are zeros
            full = len(apply(inode.durable, inode.pending))
            content += b"\0" * (full - len(content))
        return content


def materialise(state: dict[str, bytes | None], root: str, target: Path) -> None:
    """Write a crash state under `target`; the shared-memory file does not survive a crash."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in sorted(state):
        if path == root or path.endswith("-shm"):
            continue
        place = target / Path(path).relative_to(root)
        content = state[path]
        if content is None:
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.write_bytes(content)
