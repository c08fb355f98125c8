"""Builds the text kernel with the C compiler that `ziglang` brings: for `pip install`, for wheels, in place.

`python hatch_build.py` builds it where it stands, `hatchling build -t wheel` a wheel that carries it; with
`TOUCHSTONE_TARGET` (a key of TARGETS) for another platform than this one. Without a compiler the package is complete
all the same: it reads texts with NumPy, and says so.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
SOURCE = ROOT / "touchstone" / "language" / "kernel.c"
TARGETS = {
    "linux-x86_64": ("x86_64-linux-gnu.2.17", "manylinux_2_17_x86_64.manylinux2014_x86_64"),
    "linux-aarch64": ("aarch64-linux-gnu.2.17", "manylinux_2_17_aarch64.manylinux2014_aarch64"),
    "musl-x86_64": ("x86_64-linux-musl", "musllinux_1_2_x86_64"),
    "musl-aarch64": ("aarch64-linux-musl", "musllinux_1_2_aarch64"),
    "macos-x86_64": ("x86_64-macos.11.0", "macosx_11_0_x86_64"),
    "macos-arm64": ("aarch64-macos.11.0", "macosx_11_0_arm64"),
    "windows-amd64": ("x86_64-windows-gnu", "win_amd64"),
    "windows-arm64": ("aarch64-windows-gnu", "win_arm64"),
}
"""What the kernel is built for: the compiler's name of it, and the wheel's."""
FLAGS = "-O3 -std=c11 -shared -fPIC -ffp-contract=off -fno-math-errno -fvisibility=hidden -mcpu=baseline -s"
WARNINGS = "-Wall -Wextra -Werror"


def here() -> str:
    """The key of TARGETS for the running machine."""
    system, machine = platform.system().lower(), platform.machine().lower()
    if system == "linux" and platform.libc_ver()[0] != "glibc":
        system = "musl"
    return f"{system.replace('darwin', 'macos')}-{machine}"


def build(target: str) -> Path:
    """The library, built beside its source; whatever stops that is a RuntimeError."""
    if target not in TARGETS:
        raise RuntimeError(f"no target {target}; known: {', '.join(TARGETS)}")
    for old in SOURCE.parent.glob("_kernel.*"):
        old.unlink()
    library = SOURCE.with_name("_kernel.dll" if target.startswith("windows") else "_kernel.so")
    mark = f'-DSOURCE="{zlib.crc32(SOURCE.read_bytes()):08x}"'
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "ziglang",
            "cc",
            "-target",
            TARGETS[target][0],
            *FLAGS.split(),
            *WARNINGS.split(),
            mark,
        ]
        command += ["-o", str(Path(folder) / library.name), str(SOURCE)]
        caches = {"ZIG_GLOBAL_CACHE_DIR": folder, "ZIG_LOCAL_CACHE_DIR": folder}
        done = subprocess.run(command, env={**os.environ, **caches}, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.strip() or f"the compiler ended with {done.returncode}")
        library.write_bytes((Path(folder) / library.name).read_bytes())
    return library


def attempt(target: str) -> bool:
    """Whether the library could be built; says why not."""
    try:
        build(target)
    except (OSError, RuntimeError) as error:
        print(f"The text kernel was not built ({error}); texts will be read with NumPy.", file=sys.stderr)
        return False
    return True


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling fills in its own configuration
    """What hatchling calls before it puts a wheel together; an editable install keeps the library in the tree."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds the library and gives the wheel its platform."""
        target = os.environ.get("TOUCHSTONE_TARGET") or here()
        if attempt(target) and version != "editable":
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{TARGETS[target][1]}"


if __name__ == "__main__":
    sys.exit(not attempt(os.environ.get("TOUCHSTONE_TARGET") or here()))
