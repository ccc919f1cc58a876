"""Makes the Python stubs of the contract in a temporary folder, once a process, and puts that folder on the path."""

import atexit
import pathlib
import shutil
import sys
import tempfile

from grpc_tools import protoc

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"
_made = False


def make():
    global _made
    if _made:
        return
    folder = tempfile.mkdtemp(prefix="usher-stubs-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    files = sorted(str(path) for path in PROTO.glob("usher/v1/*.proto"))
    arguments = ["protoc", f"-I{PROTO}", f"--python_out={folder}", f"--grpc_python_out={folder}"]
    well_known = pathlib.Path(protoc.__file__).parent / "_proto"
    if protoc.main([*arguments, f"-I{well_known}", *files]) != 0:
        raise RuntimeError("the stubs could not be made from proto/: see what protoc printed above")
    sys.path.insert(0, folder)
    _made = True
