"""The container runtime: CRI in front, programs, disk and network plugins behind.

``service`` answers CRI's calls; ``machine`` is what runs, and outlives the daemon; ``store`` is what is on the disk,
and outlives the machine's power; ``pull`` fetches images; ``network`` runs the CNI plugins.
"""

from orrery.node.containerd.machine import Machine
from orrery.node.containerd.service import Containerd

__all__ = ["Containerd", "Machine"]
