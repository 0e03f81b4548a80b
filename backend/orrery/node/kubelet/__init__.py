"""The kubelet: the agent of one node.

==================  ======================================================================================
module              what it does
==================  ======================================================================================
``kubelet``         the process: joins the parts, brings the watch's news to the workers
``worker``          one a Pod: look, decide, act, report
``lifecycle``       the stages of a Pod's life here, as a table
``actions``         what has to be done for a Pod (pure)
``status``          what its status says (pure)
``starter``         starts one container: back-off, image, create, start
``backoff``         exponential back-off by key (pure)
``probes``          liveness, readiness, startup
``runtime``         CRI calls, and what the runtime has
``status_manager``  reports Pods, ends deletions
``agent``           registers the Node, renews its lease, reports its status
``node_status``     what the Node's status says (pure)
``resources``       requests, quality of service, does it fit (pure)
``static``          a control plane's kubelet: its Pods are static; ``static_pods``: their manifests and mirrors (pure)
``view``            a Pod as the runtime knows it
==================  ======================================================================================

Running Pods do not need the API server: when it cannot be reached, workers go on with what they know.
"""

from orrery.node.kubelet.config import KubeletConfig
from orrery.node.kubelet.kubelet import Kubelet
from orrery.node.kubelet.static import StaticKubelet
from orrery.node.kubelet.static_pods import StaticPod

__all__ = ["Kubelet", "KubeletConfig", "StaticKubelet", "StaticPod"]
