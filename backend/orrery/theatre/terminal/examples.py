"""The files that lie in a new session's home, so that `kubectl apply -f web.yaml` works at once."""

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
        ports:
        - containerPort: 80
        resources:
          requests:
            cpu: 100m
            memory: 64Mi
"""

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
  - port: 80
    targetPort: 80
"""

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: once
spec:
  restartPolicy: Never
  containers:
  - name: once
    image: busybox:1.36
    command: ["sh", "-c", "sleep 20; exit 0"]
"""

BIG = """\
apiVersion: v1
kind: Pod
metadata:
  name: too-big
spec:
  containers:
  - name: big
    image: nginx:1.27
    resources:
      requests:
        cpu: "64"
"""

HOME_FILES = {
    "/root/web.yaml": WEB,
    "/root/service.yaml": SERVICE,
    "/root/pod.yaml": POD,
    "/root/too-big.yaml": BIG,
}
